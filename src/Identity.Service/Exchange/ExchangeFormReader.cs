using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Tokens.Metadata;
using Culvert.Jose.Refusals;

namespace Culvert.Identity.Service.Exchange;

/// <summary>
/// Reads the forms of RFC 7523 §2.1 and RFC 8693 §2.1. The answer names a parameter that is invalid on its own.
/// Parameters that neither grant defines are ignored (RFC 6749 §3.2), except those of client authentication, which are
/// refused.
/// </summary>
internal static class ExchangeFormReader
{
    public const string TokenExchange = "urn:ietf:params:oauth:grant-type:token-exchange";

    /// <summary>Two tokens of 16 KiB, which need no escapes, and space for the other parameters.</summary>
    public const int MaxBodyBytes = (2 * JoseLimits.MaxTokenBytes) + 8192;

    private const string Assertion = "assertion";
    private const string SubjectToken = "subject_token";
    private const string ActorToken = "actor_token";
    private const string Resource = "resource";

    // RFC 6749 §2.3.1, RFC 7521 §4.2. An assertion is never also a client's credential.
    private static readonly string[] ClientCredentials = ["client_secret", "client_assertion", "client_assertion_type"];

    // RFC 8693 §2.1: meaningless next to an assertion, so their sender expects another result.
    private static readonly string[] OfTokenExchange =
    [
        SubjectToken,
        "subject_token_type",
        ActorToken,
        "actor_token_type",
        "requested_token_type",
    ];

    /// <summary>The result refers to the memory of the body.</summary>
    public static Result<ExchangeRequest> Read(RentedBytes body, ApiRequest request)
    {
        if (FormParameters.TryParse(body.Memory, Resource, out var form) is { } problem)
        {
            return ExchangeErrors.InvalidRequest.Refuse(problem);
        }

        if (request.Http.Request.Headers.Authorization.Count > 0)
        {
            return ExchangeErrors.InvalidClient.Refuse();
        }

        foreach (var name in ClientCredentials)
        {
            if (form.Count(name) > 0)
            {
                return ExchangeErrors.InvalidClient.Refuse(
                    $"{name}: this endpoint does not support client authentication."
                );
            }
        }

        return form.Text("grant_type") switch
        {
            MetadataEndpoints.JwtBearer => ReadJwtBearer(form, body.Room, request),
            TokenExchange => ReadTokenExchange(form, body.Room, request),
            null => ExchangeErrors.InvalidRequest.Refuse("grant_type: required."),
            _ => ExchangeErrors.UnsupportedGrantType.Refuse(),
        };
    }

    private static Result<ExchangeRequest> ReadJwtBearer(FormParameters form, Memory<byte> room, ApiRequest request)
    {
        foreach (var name in OfTokenExchange)
        {
            if (form.Count(name) > 0)
            {
                return ExchangeErrors.InvalidRequest.Refuse($"{name}: belongs to the token-exchange grant.");
            }
        }

        if (CheckToken(form, Assertion) is { } refusal)
        {
            return refusal;
        }

        var common = ReadCommon(form, request);
        return common.IsOk
            ? common.Value with
            {
                Form = ExchangeForm.JwtBearer,
                Assertion = form.Bytes(Assertion),
                Room = room,
            }
            : common;
    }

    private static Result<ExchangeRequest> ReadTokenExchange(FormParameters form, Memory<byte> room, ApiRequest request)
    {
        if (form.Count(Assertion) > 0)
        {
            return ExchangeErrors.InvalidRequest.Refuse("assertion: belongs to the jwt-bearer grant.");
        }

        if (CheckToken(form, SubjectToken) is { } refusal)
        {
            return refusal;
        }

        if (TokenTypes.FindKind(form.Text("subject_token_type")) is not { } kind)
        {
            return ExchangeErrors.InvalidRequest.Refuse(
                $"subject_token_type: {TokenTypes.Jwt}, {TokenTypes.IdToken} or {TokenTypes.AccessToken} is required."
            );
        }

        if (form.Text("requested_token_type") is not (null or TokenTypes.AccessToken))
        {
            return ExchangeErrors.InvalidRequest.Refuse($"requested_token_type: only {TokenTypes.AccessToken}.");
        }

        if (CheckActor(form) is { } actorRefusal)
        {
            return actorRefusal;
        }

        var common = ReadCommon(form, request);
        return common.IsOk
            ? common.Value with
            {
                Form = ExchangeForm.TokenExchange,
                Assertion = form.Bytes(SubjectToken),
                Room = room,
                SubjectTokenKind = kind,
                ActorToken = form.Bytes(ActorToken),
            }
            : common;
    }

    // RFC 8693 §2.1: the type is required with an actor token and must not be present without one.
    private static Refusal? CheckActor(FormParameters form)
    {
        var type = form.Text("actor_token_type");
        if (form.Bytes(ActorToken).Length == 0)
        {
            return type is null
                ? null
                : ExchangeErrors.InvalidRequest.Refuse("actor_token_type: actor_token is missing.");
        }

        return type == TokenTypes.AccessToken
            ? CheckToken(form, ActorToken)
            : ExchangeErrors.InvalidRequest.Refuse(
                $"actor_token_type: {TokenTypes.AccessToken} is required; actors are identities of this service."
            );
    }

    /// <summary>Null if the parameter can be a token: it is there, and not too long.</summary>
    public static Refusal? CheckToken(FormParameters form, string name) =>
        form.Bytes(name).Length switch
        {
            0 => ExchangeErrors.InvalidRequest.Refuse($"{name}: required."),
            > JoseLimits.MaxTokenBytes => ExchangeErrors.InvalidRequest.Refuse(
                $"{name}: longer than {JoseLimits.MaxTokenBytes} bytes."
            ),
            _ => null,
        };

    private static Result<ExchangeRequest> ReadCommon(FormParameters form, ApiRequest request)
    {
        if (ReadRule(form, out var rule) is { } problem)
        {
            return ExchangeErrors.InvalidRequest.Refuse(problem);
        }

        var account = form.Text("service_account_id");
        if (account is not null && !ServiceAccountId.TryParse(account, out _))
        {
            return ExchangeErrors.InvalidRequest.Refuse("service_account_id is not a well-formed svac_ tagged ID");
        }

        var workspace = form.Text("workspace_id");
        if (workspace is not (null or ExchangeRequest.DefaultWorkspace) && !WorkspaceId.TryParse(workspace, out _))
        {
            return ExchangeErrors.InvalidRequest.Refuse(
                "workspace_id is neither a well-formed wrkspc_ tagged ID nor default"
            );
        }

        if (!RequestedScopes.TryRead(form.Text("scope"), out var scopes))
        {
            return ExchangeErrors.InvalidScope.Refuse("scope: malformed, or names a scope that does not exist.");
        }

        if (ReadTarget(form, out var target) is { } refusal)
        {
            return refusal;
        }

        return new ExchangeRequest
        {
            Assertion = default,
            RuleId = rule!,
            ServiceAccountId = account,
            WorkspaceId = workspace,
            Scopes = scopes,
            Target = target,
            RequestId = request.RequestId,
            Source = request.Source,
            UserAgent = request.UserAgent,
        };
    }

    // Clients that do not know about rules can name a rule in client_id.
    private static string? ReadRule(FormParameters form, out string? rule)
    {
        var client = form.Text("client_id");
        rule = form.Text("rule") ?? client;
        if (rule is null)
        {
            return "rule: required; you can also give it as client_id.";
        }

        if (client is not null && client != rule)
        {
            return "client_id: names another rule than rule does.";
        }

        return RuleId.TryParse(rule, out _) ? null : "rule is not a well-formed fdrl_ tagged ID";
    }

    // RFC 8707 §2 allows several resources. Stricter: one token for several would be worth stealing at each of them.
    private static Refusal? ReadTarget(FormParameters form, out string? target)
    {
        target = form.Text(Resource);
        if (form.Count(Resource) > 1)
        {
            return ExchangeErrors.InvalidTarget.Refuse("resource: one per request.");
        }

        var audience = form.Text("audience");
        if (target is not null && audience is not null && target != audience)
        {
            return ExchangeErrors.InvalidTarget.Refuse("audience: names another target than resource does.");
        }

        target ??= audience;
        return target is null || TokenTargets.IsWellFormed(target)
            ? null
            : ExchangeErrors.InvalidTarget.Refuse("resource: an https URI without query and fragment is required.");
    }
}
