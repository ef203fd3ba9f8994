using System.Text.Json;
using Culvert.Tunnel.Agent.Requests;

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

    /// <summary>The names of the claims that it compares.</summary>
    public virtual IEnumerable<string> Claims => [];

    /// <param name="claims">Of the caller; those that a rule must not compare are not among them.</param>
    public abstract bool Matches(JsonElement value, PrincipalClaims claims);

    /// <summary>As <see cref="Matches(JsonElement, PrincipalClaims)"/>, of a single value that is being read.</summary>
    /// <param name="reader">At text, a number, or a boolean.</param>
    public virtual bool Matches(ref Utf8JsonReader reader, PrincipalClaims claims)
    {
        var copy = reader;
        using var document = JsonDocument.ParseValue(ref copy);
        return Matches(document.RootElement, claims);
    }

    /// <summary>The condition as a person reads it.</summary>
    public virtual string Describe() => $"{key} {this}";

    /// <summary>The complete condition: the policy's version is computed from it.</summary>
    public abstract override string ToString();
}
