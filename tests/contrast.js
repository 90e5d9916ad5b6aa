// Texts of a page, also inside components, whose contrast with what is behind them is below 4.5 to 1.
() => {
    const linear = value => value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    const light = ([red, green, blue]) =>
        0.2126 * linear(red / 255) + 0.7152 * linear(green / 255) + 0.0722 * linear(blue / 255);
    const parts = words => words.match(/[\d.]+/g).map(Number);
    const above = node => node.parentElement || node.getRootNode().host;
    const behind = node => {
        for (let at = node; at; at = above(at)) {
            const colour = parts(getComputedStyle(at).backgroundColor);
            if (colour.length < 4 || colour[3] > 0) return colour;
        }
        return [255, 255, 255];
    };
    const within = root => [...root.querySelectorAll("*")].flatMap(
        node => [node, ...(node.shadowRoot ? within(node.shadowRoot) : [])]);
    const written = node => [...node.childNodes].some(child => child.nodeType === 3 && child.textContent.trim());
    const seen = node => node.checkVisibility() && !node.closest("svg, style, script, [disabled]");
    const contrast = node => {
        const ends = [light(parts(getComputedStyle(node).color)), light(behind(node))].sort((one, other) => one - other);
        return (ends[1] + 0.05) / (ends[0] + 0.05);
    };
    return within(document.body).filter(node => written(node) && seen(node) && contrast(node) < 4.5)
        .map(node => `${node.tagName} ${node.textContent.trim().slice(0, 40)} ${contrast(node).toFixed(1)}`);
}
