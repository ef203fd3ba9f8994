namespace Culvert.Tunnel.Agent.Pins;

/// <summary>How a JSON Schema differs from an earlier one.</summary>
[Flags]
internal enum SchemaChange
{
    None = 0,

    /// <summary>Titles, descriptions, names, constants, patterns, the order of lists: see <see cref="SchemaText"/>.</summary>
    Text = 1,

    /// <summary>It accepts values that the earlier one does not, or it cannot be decided whether it does.</summary>
    Widened = 2,

    /// <summary>It refuses values that the earlier one accepts.</summary>
    Narrowed = 4,
}
