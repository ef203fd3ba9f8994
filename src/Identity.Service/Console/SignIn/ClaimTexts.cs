using System.Text;
using System.Text.Json;
using Culvert.Jose.Tokens;

namespace Culvert.Identity.Service.Console.SignIn;

/// <summary>A claim that is a text or a list of texts, as groups are.</summary>
internal static class ClaimTexts
{
    /// <summary>Nothing, if the claim is absent or of another shape.</summary>
    public static IReadOnlyList<string> Of(ClaimSet claims, string name)
    {
        if (!claims.TryFind(Encoding.UTF8.GetBytes(name), out var claim))
        {
            return [];
        }

        if (claim.ReadString() is { } text)
        {
            return [text];
        }

        if (claim.Kind != ClaimKind.Array)
        {
            return [];
        }

        using var document = JsonDocument.Parse(claim.Raw.ToArray());
        return
        [
            .. document
                .RootElement.EnumerateArray()
                .Where(one => one.ValueKind == JsonValueKind.String)
                .Select(one => one.GetString()!),
        ];
    }
}
