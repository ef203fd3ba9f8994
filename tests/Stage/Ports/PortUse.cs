namespace Culvert.Stage.Ports;

/// <param name="Key">The file and key an operator would change.</param>
internal sealed record PortUse(int Port, string Key);
