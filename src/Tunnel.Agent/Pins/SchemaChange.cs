namespace Culvert.Tunnel.Agent.Pins;

[Flags]
internal enum SchemaChange
{
    None = 0,

    /// <summary>The texts differ (<see cref="SchemaText"/>).</summary>
    Text = 1,

    /// <summary>It accepts values that the earlier schema does not, or this cannot be decided.</summary>
    Widened = 2,

    /// <summary>It refuses values that the earlier schema accepts.</summary>
    Narrowed = 4,
}
