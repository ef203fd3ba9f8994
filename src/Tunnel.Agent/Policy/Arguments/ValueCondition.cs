using System.Text.Json;

namespace Culvert.Tunnel.Agent.Policy.Arguments;

/// <summary>
/// A condition on a value, false where it cannot decide: values of another type are not converted, and text that two
/// readers could understand differently is not interpreted.
/// </summary>
/// <param name="kinds">The types that it can be true of.</param>
internal abstract class ValueCondition(string key, ValueKinds kinds)
{
    public string Key => key;

    public ValueKinds Kinds => kinds;

    public abstract bool Matches(JsonElement value);

    /// <summary>The complete condition: the policy's version is computed from it.</summary>
    public abstract override string ToString();
}
