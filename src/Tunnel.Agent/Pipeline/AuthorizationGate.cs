using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Routing;
using Culvert.Tunnel.Agent.Telemetry;
using Microsoft.Extensions.Primitives;

namespace Culvert.Tunnel.Agent.Pipeline;

/// <summary>
/// The agent as resource server (rules A1–A16): a request needs a valid token for its route, whatever the method and
/// however the path is written. Steps: (1) malformed requests, (2) the metadata document, (3) the token, (4) its proof
/// of possession, (5) scopes, (6) session. If a step refuses, the upstream has not received a byte.
/// </summary>
internal sealed class AuthorizationGate(AgentMetrics metrics, TimeProvider time, ILogger<AuthorizationGate> logger)
    : IStage
{
    // Bodies are read only where scopes depend on the operation, and only for callers with a valid token.
    private const int MaxBodyBytes = 4 * 1024 * 1024;

    private readonly Refusals refusals = new(metrics, logger);

    public ValueTask<bool> AdmitAsync(Exchange exchange, ServedRoute served) =>
        served.Route.Access.Oauth.Mode != OauthMode.Required ? new(true)
        : exchange.IsOfMember ? CheckMemberAsync(exchange, served)
        : CheckAsync(exchange, served);

    // The composed route has checked the caller's token and proof: only what the member itself demands is left.
    private async ValueTask<bool> CheckMemberAsync(Exchange exchange, ServedRoute served)
    {
        var access = served.Route.Access;
        if (
            exchange.Principal is not { } principal
            || !access.Accepts(principal.Issuer)
            || (access.Oauth.Dpop == DpopMode.Required && principal.KeyThumbprint is null)
        )
        {
            return await RefuseAsync(exchange, served, AuthorizationFailures.TokenInvalid, "");
        }

        return await CheckPrincipalAsync(exchange, served, principal);
    }

    private async ValueTask<bool> CheckAsync(Exchange exchange, ServedRoute served)
    {
        // (1)
        var headers = exchange.Request.Headers;
        if (exchange.Target is not { } target)
        {
            return await RefuseAsync(exchange, served, RequestFailures.BadTarget, "");
        }

        if (QueryToken.IsIn(target))
        {
            return await ChallengeAsync(
                exchange,
                served,
                AuthorizationFailures.TokenInQuery,
                Challenges.InvalidRequest,
                ""
            );
        }

        if (!BearerCredential.TryRead(headers.Authorization, out var credential))
        {
            return await ChallengeAsync(
                exchange,
                served,
                AuthorizationFailures.AuthorizationMalformed,
                Challenges.InvalidRequest,
                ""
            );
        }

        // (2)
        if (served.Resource.IsMetadata(target) && MetadataAnswer.Serves(exchange.Request.Method))
        {
            await MetadataAnswer.WriteAsync(exchange, served.Resource);
            return false;
        }

        // (3)
        if (
            credential.Token.Length == 0
            && served.Resource.IsEmptyPlace(target)
            && MetadataAnswer.Serves(exchange.Request.Method)
        )
        {
            return await RefuseAsync(exchange, served, AuthorizationFailures.MetadataUnknown, "");
        }

        if (credential.Token.Length == 0)
        {
            return await ChallengeAsync(exchange, served, AuthorizationFailures.TokenMissing, null, "");
        }

        var access = served.Route.Access;
        exchange.KnownRevocations = access.Live?.Refused;
        var verdict = await access.Validator.ValidateAsync(
            credential.Token,
            served.Resource.Audiences,
            exchange.ClientGone
        );
        if (verdict.Principal is not { } principal)
        {
            return verdict.Error == TokenError.KeysUnavailable
                ? await RefuseAsync(exchange, served, AuthorizationFailures.KeysUnavailable, "")
                : await ChallengeAsync(
                    exchange,
                    served,
                    AuthorizationFailures.TokenInvalid,
                    Challenges.InvalidToken,
                    $"Token: {verdict.Reason}."
                );
        }

        // (4)
        if (!await CheckProofAsync(exchange, served, credential, principal, target))
        {
            return false;
        }

        // (5) and (6). From here on bodies count to the caller, and none is read for longer than the token is valid (A12).
        exchange.Principal = principal;
        if (!await CheckPrincipalAsync(exchange, served, principal))
        {
            return false;
        }

        exchange.MetadataUrl = served.Resource.MetadataUrl;
        exchange.ClientToken = credential.Token;
        exchange.Live = access.Live;
        return true;
    }

    private async ValueTask<bool> CheckPrincipalAsync(Exchange exchange, ServedRoute served, Principal principal) =>
        await CheckScopesAsync(exchange, served, principal)
        && (
            TryOpenSession(exchange.Request.Headers, served.Route.Access, principal)
            || await RefuseAsync(exchange, served, McpFailures.SessionUnknown, "")
        );

    private static bool TryOpenSession(IHeaderDictionary headers, RouteAccess access, Principal principal)
    {
        var session = headers[McpHeaders.Session];
        if (session.Count == 0)
        {
            return true;
        }

        if (session.Count == 1 && access.Sessions.TryOpen(session.ToString(), principal, out var id))
        {
            headers[McpHeaders.Session] = id; // later steps, including records, see the upstream's own session id
            return true;
        }

        // M1: a revision without sessions ignores the header. The upstream may support both eras and may have given the
        // id to another caller (P8).
        if (headers[McpHeaders.ProtocolVersion] is [{ } version] && McpRevision.IsModern(version))
        {
            headers.Remove(McpHeaders.Session);
            return true;
        }

        return false;
    }

    private async ValueTask<bool> CheckProofAsync(
        Exchange exchange,
        ServedRoute served,
        BearerCredential credential,
        Principal principal,
        string target
    )
    {
        var access = served.Route.Access;
        var isBound = principal.KeyThumbprint is not null;
        if (
            credential.IsBound != isBound // RFC 9449 §7.1: a bound token is no bearer token, nor the reverse
            || (isBound && access.Oauth.Dpop == DpopMode.Off)
            || (!isBound && access.Oauth.Dpop == DpopMode.Required)
        )
        {
            return await ChallengeAsync(
                exchange,
                served,
                AuthorizationFailures.TokenInvalid,
                Challenges.InvalidToken,
                $"Token: {TokenError.Binding}."
            );
        }

        if (!isBound)
        {
            return true;
        }

        var fault = access.Proofs.Check(
            exchange.Request.Headers["DPoP"],
            principal.KeyThumbprint!,
            credential.Token,
            exchange.Request.Method,
            served.Resource.Origin + target
        );
        return fault switch
        {
            ProofError.None => true,
            ProofError.Crowded => await RefuseAsync(exchange, served, AuthorizationFailures.ProofsCrowded, ""),
            _ => await ChallengeAsync(
                exchange,
                served,
                AuthorizationFailures.ProofInvalid,
                Challenges.InvalidProof,
                $"Proof: {fault}."
            ),
        };
    }

    private async ValueTask<bool> CheckScopesAsync(Exchange exchange, ServedRoute served, Principal principal)
    {
        var scopes = served.Route.Access.Scopes;
        var needed = scopes.Base;
        if (scopes.IsCovered(principal.Scopes, needed) && scopes.DependsOnOperation && exchange.HasBody)
        {
            var failure = await HoldMessageAsync(exchange, served, principal);
            if (failure == AuthorizationFailures.TokenInvalid)
            {
                return await ChallengeAsync(
                    exchange,
                    served,
                    failure,
                    Challenges.InvalidToken,
                    $"Token: {TokenError.Expired}."
                );
            }

            if (failure is not null)
            {
                return await RefuseAsync(exchange, served, failure, "");
            }

            needed = scopes.For(exchange.Message!);
        }

        if (scopes.IsCovered(principal.Scopes, needed))
        {
            return true;
        }

        var answer = Challenges.Format(
            served.Resource.MetadataUrl,
            served.Route.Access.Oauth.Dpop,
            Challenges.InsufficientScope,
            needed
        );
        return await RefuseAsync(exchange, served, AuthorizationFailures.ScopeInsufficient, "", answer);
    }

    // The body is buffered, so that the upstream receives the exact bytes that were checked.
    private async ValueTask<Failure?> HoldMessageAsync(Exchange exchange, ServedRoute served, Principal principal)
    {
        var headers = exchange.Request.Headers;
        if (!McpHeaders.DescribePlainJson(headers))
        {
            return McpFailures.MessageUnreadable;
        }

        var routeMaxBytes = served.Route.Upstream.MaxRequestBytes;
        var (maxBytes, tooLarge) =
            routeMaxBytes < MaxBodyBytes
                ? (routeMaxBytes.Value, RequestFailures.RequestTooLarge)
                : (MaxBodyBytes, McpFailures.MessageTooLarge);
        var failure = await exchange.Bodies.HoldAsync(
            exchange,
            maxBytes,
            served.Route.Upstream.Timeouts.StreamIdle,
            tooLarge
        );
        if (failure is not null)
        {
            var hasOutlivedToken = failure == McpFailures.MessageUnreadable && time.GetUtcNow() >= principal.EndsAt;
            return hasOutlivedToken ? AuthorizationFailures.TokenInvalid : failure;
        }

        var message = exchange.Message!;
        return !message.NamesOperation ? McpFailures.MessageUnreadable
            : MessageHead.FindContradiction(headers, message) != HeadError.None ? McpFailures.HeadersContradict
            : null;
    }

    private ValueTask<bool> ChallengeAsync(
        Exchange exchange,
        ServedRoute served,
        Failure failure,
        string? error,
        string detail
    )
    {
        var access = served.Route.Access;
        var challenges = Challenges.Format(served.Resource.MetadataUrl, access.Oauth.Dpop, error, access.Scopes.Base);
        return RefuseAsync(exchange, served, failure, detail, challenges);
    }

    private async ValueTask<bool> RefuseAsync(
        Exchange exchange,
        ServedRoute served,
        Failure failure,
        string detail,
        StringValues challenges = default
    )
    {
        await refusals.RefuseAsync(exchange, served.Route.Name, failure, detail, challenges);
        return false;
    }
}
