using Culvert.Identity.Service.Federation;
using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Identity.Service.Settings;
using Culvert.Jose.Refusals;
using Culvert.Jose.Tokens;

namespace Culvert.Identity.Service.Exchange.OwnTokens;

/// <summary>
/// Finds the party that acts for a subject (RFC 8693 §1.1, delegation): 1. the actor is an active identity of this
/// service, in the subject's organization, and proves what its token is bound to; 2. it is neither the subject nor in
/// its chain already, and the chain stays short; 3. its right to act is in the subject token's <c>may_act</c> or in the
/// rule. Holding two tokens gives no right.
/// </summary>
internal sealed class Actors(OwnTokenReader reader, FederationDirectory directory, ServiceIdentity identity)
{
    /// <summary>Null if <paramref name="party"/> may act for the subject.</summary>
    public Denial? Find(AssertionContext context, GrantSubject subject, out ActingParty? party)
    {
        party = null;
        if (reader.Read(context.Request.ActorToken, out var actor, out _) is { } unusable)
        {
            return new Denial(DenialReason.ActorInvalid, unusable.Reason.Name());
        }

        var denial = CheckState(context, actor) ?? CheckChain(subject, actor) ?? CheckRight(subject, actor);
        if (denial is null)
        {
            party = new ActingParty(actor.Subject, actor.TokenId, actor.ExpiresAt);
        }

        return denial;
    }

    private Denial? CheckState(AssertionContext context, in AccessTokenClaims actor)
    {
        if (FindDenial(context, actor) is { } error)
        {
            return new Denial(DenialReason.ActorInvalid, error.Name());
        }

        // An actor that already acts for another subject would pass on a right that was given to it alone.
        if (actor.Actor is not null)
        {
            return new Denial(DenialReason.ActorInvalid, "acts for another subject");
        }

        return Bindings.Prove(context.Request.Proven, actor.Confirmation)
            ? null
            : new Denial(DenialReason.ActorInvalid, DenialReason.BindingMismatch.Name());
    }

    // As at the service's own APIs: a token's claims hold only as long as the rule that granted it still grants them.
    private DenialReason? FindDenial(AssertionContext context, in AccessTokenClaims actor)
    {
        if (actor.Organization != context.Rule.Rule.OrganizationId)
        {
            return DenialReason.OrganizationMismatch;
        }

        if (directory.Current.FindRule(actor.Rule) is not { } rule || rule.Rule.OrganizationId != actor.Organization)
        {
            return DenialReason.RuleNotFound;
        }

        if (RuleIsLive.FindDenial(rule, context.Now) is { } ended)
        {
            return ended;
        }

        if (rule.Account.Id.Value != actor.Subject)
        {
            return DenialReason.TokenRevoked;
        }

        return actor.Workspace is { } workspace && rule.Rule.Covers(workspace)
            ? null
            : DenialReason.WorkspaceNotCovered;
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

    // RFC 8693 §4.4: may_act restricts as well as permits, so a claim that names another actor denies.
    private Denial? CheckRight(GrantSubject subject, in AccessTokenClaims actor)
    {
        if (subject.MayAct is { } allowed)
        {
            return allowed == new TokenMayAct(identity.PublicUrl, actor.Subject)
                ? null
                : new Denial(DenialReason.ActorNotAllowed, Claim: MayActClaim.Name);
        }

        return subject.Rule.Rule.ActorIds.Contains(actor.Subject) ? null : new Denial(DenialReason.ActorNotAllowed);
    }
}
