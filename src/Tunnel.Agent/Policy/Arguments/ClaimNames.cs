using Culvert.Platform.Configuration;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Policy.Arguments;

/// <summary>The claims that the conditions of one rule may compare.</summary>
internal sealed class ClaimNames
{
    private static readonly string[] Always = [PrincipalClaims.Subject, PrincipalClaims.ClientId];

    private readonly bool hasCallers;
    private readonly IReadOnlyList<(string Issuer, IReadOnlyList<string> Claims)> exposed;

    /// <param name="oauth">Of the rule's route.</param>
    /// <param name="issuer">The issuer that the rule names; empty for all of the route.</param>
    public ClaimNames(OauthSettings oauth, string issuer)
    {
        hasCallers = oauth.Mode == OauthMode.Required;
        exposed =
        [
            .. from name in issuer.Length > 0 ? [issuer] : oauth.Issuers
            select (name, oauth.Claims.GetValueOrDefault(name, [])),
        ];
    }

    /// <summary>The name of a claim; null if the key is not set. Reports a claim that the rule may not compare.</summary>
    public string? Read(ConfigSection section, string key)
    {
        var claim = section.String(key);
        if (!section.Has(key))
        {
            return null;
        }

        if (claim.Length == 0)
        {
            section.Error(key, "The claim has no name.", "Write its name, such as sub.");
        }
        else if (!hasCallers)
        {
            section.Error(
                key,
                "This route does not authenticate callers, so that no call has a claim.",
                "Set oauth.mode: required, or remove it."
            );
        }
        else if (!Always.Contains(claim, StringComparer.Ordinal))
        {
            CheckExposed(section, key, claim);
        }

        return claim;
    }

    /// <summary>Whether the tokens of all issuers may have the claim.</summary>
    public bool Includes(string claim) =>
        hasCallers && (Always.Contains(claim, StringComparer.Ordinal) || FindWithout(claim).Count == 0);

    private List<(string Issuer, IReadOnlyList<string> Claims)> FindWithout(string claim) =>
        [.. exposed.Where(e => !e.Claims.Contains(claim, StringComparer.Ordinal))];

    private void CheckExposed(ConfigSection section, string key, string claim)
    {
        var without = FindWithout(claim);
        if (without.Count == 0)
        {
            return;
        }

        var near =
            without.Count == exposed.Count
                ? ConfigText.Nearest(claim, Always.Concat(exposed.SelectMany(e => e.Claims)))
                : null;
        section.Error(
            key,
            $"issuers.{without[0].Issuer}.claims does not name the claim {claim}, so that no rule may compare it.",
            near is not null ? $"Did you mean {near}?"
                : without.Count == exposed.Count ? "Add it there."
                : "Add it there, or name the issuer of the rule."
        );
    }
}
