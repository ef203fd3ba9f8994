using System.Globalization;
using Culvert.Identity.Cli.Hosting;
using Culvert.Machine.Client.Calls;

namespace Culvert.Identity.Cli.Commands.Provider;

internal static class ProviderFailures
{
    private const string TokenRequest = "POST /v1/oauth/token";

    public static CommandFailure From(ApiFailure failure) =>
        new(GetExitCode(failure), failure.Message)
        {
            Where = failure.Status is { } status
                ? string.Create(CultureInfo.InvariantCulture, $"{failure.Operation} answered {status}")
                : failure.Operation,
            Code = failure.Code ?? failure.Type,
            RequestId = failure.RequestId,
            Next = GetNextStep(failure),
        };

    private static int GetExitCode(ApiFailure failure) =>
        failure.Kind switch
        {
            ApiFailureKind.Unreachable or ApiFailureKind.Untrusted => ExitCode.Unreachable,
            ApiFailureKind.Unavailable => ExitCode.TryAgain,
            ApiFailureKind.Refused => ExitCode.Refused,
            ApiFailureKind.NoProof => ExitCode.Configuration,
            _ => ExitCode.Failed,
        };

    private static string GetNextStep(ApiFailure failure) =>
        failure switch
        {
            { Kind: ApiFailureKind.NoProof } =>
                "name the file that the identity provider's token is in (--token-file), or run where a platform gives one",
            { Kind: ApiFailureKind.Unreachable } =>
                "check --api-url and the network; what was changed stays, and the same command continues from there",
            { Kind: ApiFailureKind.Untrusted } =>
                "check --api-url, or name the roots that vouch for it (--api-ca-file)",
            { Kind: ApiFailureKind.Unavailable, RetryAfter: { } wait } => string.Create(
                CultureInfo.InvariantCulture,
                $"repeat the command in {Math.Ceiling(wait.TotalSeconds)} s; it continues from there"
            ),
            { Kind: ApiFailureKind.Unavailable } => "repeat the command later; it continues from there",
            { Kind: ApiFailureKind.Malformed } => "check that --api-url is the provider's management API",
            { Code: "organization_not_enrolled_in_beta" } =>
                "have the provider enable tunnels for the organization of --provider-organization",
            { Code: "sandbox_egress_restricted" } => "run the command where the provider allows changes",
            { Operation: TokenRequest, Status: 401 } =>
                "the provider's authentication history has the reason; compare the token's issuer, audience, subject and expiry with the rule, and set --provider-workspace if the rule covers several",
            { Operation: TokenRequest } =>
                "check --rule, --provider-organization, --provider-workspace and --service-account",
            { Status: 401 } => "the provider ended the token at once: check the rule and its service account there",
            { Status: 403 } =>
                "give the rule the scope workspace:manage_tunnels and its service account a role in the tunnel's workspace",
            { Status: 404 } => "check --tunnel-id and --provider-workspace: another workspace's tunnels are not shown",
            { Status: 409 } => "another change is in progress: repeat the command",
            { Operation: "POST /v1/tunnels", Status: 400 } =>
                "archive a tunnel that is not used at the provider, or attach an existing one (--tunnel-id)",
            { Status: 400 or 413 } => "issue a CA certificate that follows the rule which the provider names",
            _ => "the provider's support finds the request by its id",
        };
}
