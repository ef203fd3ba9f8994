using System.Security.Claims;
using Culvert.Platform.Configuration;

namespace Culvert.Identity.Service.Console.SignIn;

/// <summary>Maps a verified id_token to a person: subject, name, and the configured roles (S32).</summary>
internal static class PersonMapping
{
    private const int MaxNameLength = 100;

    public static ProviderPerson ToPerson(ClaimsPrincipal principal, SignInOptions signIn)
    {
        var subject = GetTexts(principal, "sub").First();
        var name =
            GetTexts(principal, "name")
                .Concat(GetTexts(principal, "preferred_username"))
                .Concat(GetTexts(principal, "email"))
                .FirstOrDefault()
            ?? subject;
        var values = GetTexts(principal, signIn.RolesClaim).ToHashSet(StringComparer.Ordinal);
        var roles = signIn.Roles.Where(role => role.Value.Any(values.Contains)).Select(role => role.Key);
        return new ProviderPerson(
            signIn.Issuer,
            subject,
            WithoutControls(name.Length > MaxNameLength ? name[..MaxNameLength] : name),
            [.. roles]
        );
    }

    // A claim with a text or a list of texts. The library gives texts that look like dates another type.
    private static IEnumerable<string> GetTexts(ClaimsPrincipal principal, string name) =>
        principal
            .FindAll(claim =>
                claim.Type == name && claim.ValueType is ClaimValueTypes.String or ClaimValueTypes.DateTime
            )
            .Select(claim => claim.Value);

    private static string WithoutControls(string text) => string.Concat(text.Where(c => !ConfigText.IsUnprintable(c)));
}
