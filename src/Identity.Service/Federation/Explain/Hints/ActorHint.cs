using Culvert.Identity.Service.Federation.Assertions;

namespace Culvert.Identity.Service.Federation.Explain.Hints;

/// <summary>A delegation was not granted: says which of the two tokens to check.</summary>
internal sealed class ActorHint : IHint
{
    public string Code => "actor";

    public string? Find(HintFacts facts) =>
        facts.Reason switch
        {
            DenialReason.ActorInvalid => ActorTokenText(facts.Denial.Detail),
            DenialReason.ActorNotAllowed when facts.Denial.Claim == MayActClaim.Name =>
                "The subject token's may_act claim names another actor; only the actor it names may act.",
            DenialReason.ActorNotAllowed =>
                "Possession of two tokens gives no right to act: name the actor's service account in the rule, or let the identity "
                    + "provider issue may_act.",
            DenialReason.ActorLoop => "The actor is the subject, or acts for it already: leave the actor token out.",
            DenialReason.ActorTooDeep =>
                "The subject token already has two actors: start again with the first subject's token.",
            _ => null,
        };

    private static string ActorTokenText(string? error) =>
        "The actor token is to blame, not the subject's: "
        + (
            error is null
                ? "it is not a valid access token of this service."
                : $"it fails as '{error}'. Exchange a fresh one."
        );
}
