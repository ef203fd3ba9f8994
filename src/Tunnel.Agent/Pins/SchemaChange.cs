namespace Culvert.Tunnel.Agent.Pins;

/// <summary>How a JSON Schema differs from an earlier one.</summary>
[Flags]
internal enum SchemaChange
{
    None = 0,

    /// <summary>
    /// Titles, descriptions, names, constants, patterns, or the order of lists: see <see cref="SchemaText"/>.
    /// </summary>
    Text = 1,

    /// <summary>It accepts values that the earlier schema does not, or this cannot be decided.</summary>
    Widened = 2,

    /// <summary>It refuses values that the earlier schema accepts.</summary>
    Narrowed = 4,
}
