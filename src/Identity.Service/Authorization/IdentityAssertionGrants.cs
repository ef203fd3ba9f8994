using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Exchange;
using Culvert.Identity.Service.Exchange.Replays;
using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Identity.Service.Federation.History;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.OAuthClients;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tokens;
using Culvert.Jose.Tokens;

namespace Culvert.Identity.Service.Authorization;

/// <summary>
/// Redeems identity assertions: 1. the identity provider states it to this server, 2. it is for this client and request,
/// 3. a rule for people grants, 4. nothing is revoked, 5. one decision marks it as used, 6. the token is returned once that
/// is durable. There is no refresh token, against which the draft advises: the identity provider decides about each next
/// token.
/// </summary>
internal sealed class IdentityAssertionGrants(
    IdentityAssertionProver prover,
    PersonRules rules,
    PersonGrants issuance,
    GrantGate gate,
    OAuthClients.OAuthClients clients,
    AssertionReplays replays,
    AccessTokenFactory tokens,
    IJournal journal,
    TimeProvider time
)
{
    public async ValueTask<Result<PersonTokenDocument>> RedeemAsync(
        AssertionRequest request,
        ClaimSet unproven,
        CancellationToken cancellationToken
    )
    {
        if (request.ClientId is not { } clientId)
        {
            return AuthorizationErrors.InvalidRequest.Refuse("client_id: required.");
        }

        if (issuance.FindObstacle() is { } obstacle)
        {
            return obstacle;
        }

        var now = time.GetStoreNow();
        if (
            !(await prover.ProveAsync(request, unproven, now, cancellationToken)).TryGet(out var proof, out var unknown)
        )
        {
            return unknown;
        }

        var context = proof.Context;
        var redeemed = RedeemedAssertion.Create(request, clientId, context);
        if (proof.Denial is { } untrue)
        {
            return await DenyAsync(redeemed, untrue, cancellationToken);
        }

        if (IdentityAssertionTerms.Read(request, context.Claims, out var terms) is { } otherRequest)
        {
            return await DenyAsync(redeemed, otherRequest, cancellationToken);
        }

        redeemed = redeemed with { Record = redeemed.Record with { Terms = terms } };
        var found = await clients.FindAsync(request.OrganizationId, clientId, cancellationToken);
        if (!found.TryGet(out var client, out var refusedClient))
        {
            return await RecordAsync(redeemed, DenialReason.ActorInvalid, cancellationToken) ?? refusedClient;
        }

        // No person confirms here which program it is, and anyone may register one with any name.
        if (client.Kind == OAuthClientKind.SelfRegistered)
        {
            return await RecordAsync(redeemed, DenialReason.ActorInvalid, cancellationToken)
                ?? OAuthClientErrors.Unproven.Refuse();
        }

        var (granted, denial) = await DecideAsync(redeemed, client, cancellationToken);
        return granted is null
            ? await DenyAsync(redeemed, denial, cancellationToken)
            : await IssueAsync(redeemed, granted, cancellationToken);
    }

    private async ValueTask<(Grant? Grant, Denial Denial)> DecideAsync(
        RedeemedAssertion redeemed,
        OAuthClient client,
        CancellationToken cancellationToken
    )
    {
        var context = redeemed.Context;
        var terms = redeemed.Record.Terms!;
        var person = redeemed.Person;
        var issuer = context.Rule.Issuer;
        var decided = await rules.DecideAsync(
            redeemed.Request.OrganizationId,
            person,
            terms.Resource,
            client.ClientId,
            terms.Scopes,
            cancellationToken,
            issuer.Id
        );
        if (decided.Rule is not { } rule)
        {
            return (null, new Denial(decided.Denial));
        }

        var personTerms = new PersonTerms(
            decided,
            client,
            issuer.Id.Value,
            person.Subject,
            terms.Resource,
            RandomId.New(),
            person.ReadIssuedAt(context.Now),
            context.Now + TimeSpan.FromSeconds(rule.Rule.TokenLifetimeSeconds)
        )
        {
            TokenIdHash = Sha256Text.ToBase64Url(context.SingleUseId!),
        };
        return issuance.TryCreate(personTerms, redeemed.Request.Proven, context.Now, out var grant, out var denial)
            ? (grant, default)
            : (null, new Denial(denial));
    }

    private async ValueTask<Result<PersonTokenDocument>> IssueAsync(
        RedeemedAssertion redeemed,
        Grant grant,
        CancellationToken cancellationToken
    )
    {
        if (gate.TryPass(redeemed.Request.Proven, grant) is { } limited)
        {
            return limited;
        }

        var commit = journal.CommitAsync(
            new Decision
            {
                Event = AuthorizationEvents.AssertionRedeemed(
                    redeemed.Origin,
                    redeemed.Record,
                    grant.Rule.Rule.Id.Value,
                    grant
                ),
                Replay = replays.CreateKey(redeemed.Context),
            },
            cancellationToken
        );
        var token = tokens.MintText(grant, redeemed.Context.Now);
        var result = await commit;
        if (result.Outcome == CommitOutcome.Replayed)
        {
            return await DenyAsync(redeemed, new Denial(DenialReason.JtiReused), cancellationToken);
        }

        return result.RefusalUnlessCommitted() is { } refusal
            ? refusal
            : PersonTokenDocument.Create(token, grant, refreshToken: null);
    }

    private async ValueTask<Result<PersonTokenDocument>> DenyAsync(
        RedeemedAssertion redeemed,
        Denial denial,
        CancellationToken cancellationToken
    ) =>
        await RecordAsync(redeemed, denial.Reason, cancellationToken)
        ?? DenialAnswers.ToRefusal(TokenExchangeResult.Denied(redeemed.Context, denial));

    private async ValueTask<Refusal?> RecordAsync(
        RedeemedAssertion redeemed,
        DenialReason denial,
        CancellationToken cancellationToken
    )
    {
        var result = await journal.CommitAsync(
            new Decision
            {
                Event = AuthorizationEvents.AssertionRedeemed(
                    redeemed.Origin,
                    redeemed.Record,
                    ruleId: null,
                    grant: null,
                    denial.Name()
                ),
            },
            cancellationToken
        );
        return result.RefusalUnlessCommitted();
    }
}
