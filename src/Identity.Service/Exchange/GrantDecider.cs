using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Identity.Service.Federation.History;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Settings;
using Culvert.Jose.Tokens;

namespace Culvert.Identity.Service.Exchange;

/// <summary>Decides what a subject gets: 1. scope, 2. target, 3. binding, 4. lifetime. Each step only narrows.</summary>
internal sealed class GrantDecider(TokenTargets targets, ServiceIdentity identity)
{
    /// <summary>S35: an agent with an outdated feed misses revocations, so only the lifetime limits the token.</summary>
    public const int LongestAtRoutesSeconds = 3600;

    /// <param name="actor">The party that acts for the subject from now on; null if there is no new actor.</param>
    public async ValueTask<GrantDecision> DecideAsync(
        ExchangeRequest request,
        GrantSubject subject,
        ActingParty? actor,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var rule = subject.Rule;
        if (
            RequestedScopes.Narrow(rule.GrantedIn(subject.WorkspaceId), subject.Own?.Scope, request.Scopes)
            is not { } scope
        )
        {
            return new Denial(DenialReason.ScopeNotGranted);
        }

        var target = request.Target ?? identity.PublicUrl;
        if (
            request.Target is not null
            && !await targets.AllowsAsync(rule, subject.WorkspaceId, target, cancellationToken)
        )
        {
            return new Denial(DenialReason.TargetNotAllowed, UntrustedText.Bounded(target));
        }

        // Scopes of routes mean nothing here.
        if (target == identity.PublicUrl && rule.Rule.RouteScopes.Count > 0)
        {
            return new Denial(DenialReason.TargetNotAllowed, UntrustedText.Bounded(target));
        }

        if (Bind(request.Proven, subject, out var confirmation) is { } unbound)
        {
            return unbound;
        }

        var seconds = now.ToUnixTimeSeconds();
        var lifetime = LifetimeSeconds(subject, actor, scope, seconds);
        if (target != identity.PublicUrl)
        {
            lifetime = Math.Min(lifetime, LongestAtRoutesSeconds);
        }

        if (lifetime <= 0)
        {
            return new Denial(DenialReason.TokenExpired);
        }

        return new Grant
        {
            Rule = rule,
            RuleVersion = subject.RuleVersion,
            WorkspaceId = subject.WorkspaceId,
            Scope = scope,
            LifetimeSeconds = lifetime,
            Audience = target,
            Issuer = request.Server,
            Confirmation = confirmation,
            Actor = actor is null ? subject.Own?.Actor : new TokenActor(actor.Subject, Actor: subject.Own?.Actor),
            MayAct = subject.MayAct,
            Family = subject.Own?.Family ?? RandomId.New(),
            TokenId = RandomId.New(),
            Source =
                subject.Own?.Source
                ?? new TokenSource
                {
                    IssuerId = rule.Issuer.Id.Value,
                    SubjectHash = subject.SubjectHash,
                    TokenIdHash = subject.TokenIdHash,
                    RootExpiresAt = seconds + lifetime,
                },
        };
    }

    // A bound token stays bound to the same key, which the request must prove: otherwise an exchange would unbind a
    // stolen one. The rule may require more.
    private static Denial? Bind(in ProvenBinding proven, GrantSubject subject, out TokenConfirmation confirmation)
    {
        confirmation = default;
        if (subject.Own is { Confirmation: { IsNone: false } bound })
        {
            if (!Bindings.Prove(proven, bound))
            {
                return new Denial(DenialReason.BindingMismatch);
            }

            confirmation = bound;
            return Bindings.Satisfies(subject.Rule.Rule.Bind, bound) ? null : new Denial(DenialReason.BindingRequired);
        }

        return Bindings.TryBind(subject.Rule.Rule.Bind, proven, out confirmation)
            ? null
            : new Denial(DenialReason.BindingRequired);
    }

    // A token derived from a token of this service expires no later than that token and the actor's token: no chain
    // outlives its first token.
    private static int LifetimeSeconds(GrantSubject subject, ActingParty? actor, string scope, long now)
    {
        var lifetime = subject.Own is { } own
            ? Math.Min(own.ExpiresAt, own.Source.RootExpiresAt) - now
            : TokenLifetime.OfAssertion(subject.Rule, scope, subject.ExpiresAt - now);
        if (actor is not null)
        {
            lifetime = Math.Min(lifetime, actor.ExpiresAt - now);
        }

        return (int)Math.Min(lifetime, subject.Rule.Rule.TokenLifetimeSeconds);
    }
}
