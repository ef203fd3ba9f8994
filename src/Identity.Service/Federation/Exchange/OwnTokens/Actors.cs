using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Identity.Service.Hosting;
using Culvert.Jose;
using Culvert.Jose.Tokens;

namespace Culvert.Identity.Service.Federation.Exchange.OwnTokens;

/// <summary>
/// Who acts for a subject (RFC 8693 §1.1, delegation): 1. the actor is an identity of ours, alive, in the subject's
/// organization, and proves what its token is bound to; 2. it is neither the subject nor in its chain already, and the
/// chain stays short; 3. its right to act is written down: in the subject token's <c>may_act</c>, or in the rule. No
/// right follows from holding two tokens.
/// </summary>
internal sealed class Actors(OwnTokenReader reader, FederationDirectory directory, ServiceOptions options)
{
    /// <summary>Null = <paramref name="party"/> may act for the subject.</summary>
    public Denial? Find(AssertionContext context, GrantSubject subject, out ActingParty? party)
    {
        party = null;
        if (reader.Read(context.Request.ActorToken, out var actor, out _) is { } unusable)
        {
            return new Denial(DenialReason.ActorInvalid, unusable.Reason.Name());
        }

        var denial = CheckStanding(context, actor) ?? CheckChain(subject, actor) ?? CheckRight(context, subject, actor);
        if (denial is null)
        {
            party = new ActingParty(actor.Subject, actor.TokenId, actor.ExpiresAt);
        }

        return denial;
    }

    private Denial? CheckStanding(AssertionContext context, in AccessTokenClaims actor)
    {
        if (
            actor.Organization != context.Rule.Rule.OrganizationId
            || directory.Current.FindRule(actor.Rule) is not { IsLive: true } rule
            || rule.Rule.HasExpired(context.Now)
            || rule.Account.Id.Value != actor.Subject
        )
        {
            return new Denial(DenialReason.ActorInvalid, "not of this organization, or no longer alive");
        }

        // An actor that acts for somebody else already would hand on what was given to it alone.
        if (actor.Actor is not null)
        {
            return new Denial(DenialReason.ActorInvalid, "acts for another subject");
        }

        return Bindings.Prove(context.Request.Proven, actor.Confirmation)
            ? null
            : new Denial(DenialReason.ActorInvalid, DenialReason.BindingMismatch.Name());
    }

    private static Denial? CheckChain(GrantSubject subject, in AccessTokenClaims actor)
    {
        if (actor.Subject == subject.Rule.Account.Id.Value)
        {
            return new Denial(DenialReason.ActorLoop);
        }

        var depth = 1;
        for (var before = subject.Own?.Actor; before is not null; before = before.Actor)
        {
            if (before.Subject == actor.Subject)
            {
                return new Denial(DenialReason.ActorLoop);
            }

            depth++;
        }

        return depth > JoseLimits.MaxActors ? new Denial(DenialReason.ActorTooDeep) : null;
    }

    // RFC 8693 §4.4: may_act restricts as well as it permits, so that one that names somebody else decides.
    private Denial? CheckRight(AssertionContext context, GrantSubject subject, in AccessTokenClaims actor)
    {
        if (context.Claims.TryFind("may_act"u8, out var claim))
        {
            return Names(claim, actor.Subject) ? null : new Denial(DenialReason.ActorNotAllowed, Claim: "may_act");
        }

        return subject.Rule.Rule.ActorIds.Contains(actor.Subject) ? null : new Denial(DenialReason.ActorNotAllowed);
    }

    // A sub means nothing without the iss that it is of: identity providers name ours by our own issuer identifier.
    private bool Names(Claim claim, string actor) =>
        claim.Kind == ClaimKind.Object
        && ClaimSet.TryParse(claim.Raw.ToArray(), out var party) == JoseRefusal.None
        && party!.Count == 2
        && party.FindString("iss"u8) == options.PublicUrl
        && party.FindString("sub"u8) == actor;
}
