using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Culvert.Tunnel.Agent.Requests;

/// <summary>The claims of a verified token that rules may compare.</summary>
internal sealed class PrincipalClaims
{
    public const string Subject = "sub";
    public const string ClientId = "client_id";

    public static readonly PrincipalClaims None = new([]);

    private readonly IReadOnlyList<KeyValuePair<string, ClaimValue>> values;

    private PrincipalClaims(IReadOnlyList<KeyValuePair<string, ClaimValue>> values) => this.values = values;

    /// <param name="subject">The principal's subject, which is the claim <c>sub</c>.</param>
    /// <param name="clientId">The principal's client, which is the claim <c>client_id</c>; empty without one.</param>
    /// <param name="others">Further claims; those with the names of the first two are ignored.</param>
    public static PrincipalClaims Create(
        string subject,
        string clientId,
        IEnumerable<KeyValuePair<string, ClaimValue>> others
    )
    {
        var values = new List<KeyValuePair<string, ClaimValue>>();
        Add(Subject, ClaimValue.FromText(subject));
        Add(ClientId, ClaimValue.FromText(clientId));
        values.AddRange(others.Where(claim => claim.Key is not (Subject or ClientId)));
        return new PrincipalClaims(values);

        void Add(string name, ClaimValue? value)
        {
            if (value is not null)
            {
                values.Add(new(name, value));
            }
        }
    }

    /// <summary>The claims of a caller that an operator describes.</summary>
    /// <param name="others">An object.</param>
    public static PrincipalClaims Create(string subject, string clientId, JsonElement others)
    {
        var found = new List<KeyValuePair<string, ClaimValue>>();
        foreach (var member in others.EnumerateObject())
        {
            if (ClaimValue.Read(JsonMarshal.GetRawUtf8Value(member.Value)) is { } value)
            {
                found.Add(new(member.Name, value));
            }
        }

        return Create(subject, clientId, found);
    }

    /// <summary>False if the token does not have the claim, or has no value in it that can be compared.</summary>
    public bool TryFind(string name, [NotNullWhen(true)] out ClaimValue? value)
    {
        value = null;
        foreach (var claim in values)
        {
            if (string.Equals(claim.Key, name, StringComparison.Ordinal))
            {
                value = claim.Value;
                return true;
            }
        }

        return false;
    }
}
