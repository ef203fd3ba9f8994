using Culvert.Identity.Service.Federation.Assertions;

namespace Culvert.Identity.Service.Federation.Explain.Hints;

/// <summary>Issuers are compared byte for byte; people write them with and without the last slash.</summary>
internal sealed class IssuerSpellingHint : IHint
{
    public string Code => "issuer_spelling";

    public string? Find(HintFacts facts)
    {
        if (facts.Reason != DenialReason.IssuerUnknown || facts.Text("iss") is not { } issuer)
        {
            return null;
        }

        var registered = facts.Context.Rule.Issuer.Url;
        return issuer.TrimEnd('/').Equals(registered.TrimEnd('/'), StringComparison.OrdinalIgnoreCase)
            ? "The token's iss differs from the registered issuer only in upper and lower case or in the final slash: "
                + "register it byte for byte as in the token."
            : null;
    }
}
