using System.Text;
using Culvert.Jose.Tokens;

namespace Culvert.Identity.Service.Federation.Rules.Cel;

/// <summary>The variable <c>claims</c>: a token's claims, converted into values at first read.</summary>
internal sealed class CelClaims(ClaimSet claims) : CelMap
{
    private readonly Dictionary<string, object?> read = new(StringComparer.Ordinal);

    public override int Count => claims.Count;

    public override IEnumerable<object> Keys => claims.Names;

    public override object? Find(object key, CelFrame frame)
    {
        if (key is not string name)
        {
            return null;
        }

        if (!read.TryGetValue(name, out var value))
        {
            read[name] = value = claims.TryFind(Encoding.UTF8.GetBytes(name), out var claim)
                ? CelJson.ReadValue(claim.Raw, name, frame)
                : null;
        }

        return value;
    }
}
