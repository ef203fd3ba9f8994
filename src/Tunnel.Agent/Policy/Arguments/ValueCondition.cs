using System.Text.Json;

namespace Culvert.Tunnel.Agent.Policy.Arguments;

/// <summary>
/// One condition on a value. What it cannot judge for certain it is false of: another type is not converted, and text that
/// two readers could understand differently is not interpreted.
/// </summary>
/// <param name="key">Its key in the file.</param>
/// <param name="kinds">The types that it can be true of.</param>
internal abstract class ValueCondition(string key, ValueKinds kinds)
{
    public string Key => key;

    public ValueKinds Kinds => kinds;

    public abstract bool IsTrueOf(JsonElement value);

    /// <summary>What it demands, completely: the policy's version is made of it.</summary>
    public abstract override string ToString();
}
