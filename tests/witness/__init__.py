"""Numbers of version 0.1.0, kept to hold against whatever computes the model since."""
