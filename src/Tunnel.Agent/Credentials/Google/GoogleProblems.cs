namespace Culvert.Tunnel.Agent.Credentials.Google;

/// <summary>What an error code of Google's token services means for the operator of the agent, and the remedy.</summary>
internal static class GoogleProblems
{
    /// <param name="code">Letters, digits and underscores.</param>
    /// <param name="isAccount">Whether a token of the service account was requested.</param>
    public static string Describe(string code, GoogleSettings settings, bool isAccount)
    {
        var (cause, remedy) = (code, isAccount) switch
        {
            ("invalid_grant", false) => (
                "Google does not accept the agent's assertion",
                $"Check that the provider has the assertion's issuer and the audience https:{settings.Audience}, its attribute condition, and the clock of this host."
            ),
            ("invalid_target", false) => (
                "Google knows no such provider",
                "Check google.audience, and that pool and provider are enabled."
            ),
            ("invalid_scope", false) => ("Google does not know a scope", "Check google.scopes."),
            ("unauthorized_client", false) => (
                "The provider's attribute condition rejects the agent's assertion",
                "Check the condition against the assertion's claims."
            ),
            ("PERMISSION_DENIED", true) => (
                $"The agent may not act as {settings.ServiceAccount}",
                "Grant the agent's federated principal the role roles/iam.workloadIdentityUser on it, and enable the IAM Service Account Credentials API."
            ),
            ("NOT_FOUND", true) => (
                $"Google knows no service account {settings.ServiceAccount}",
                "Check google.service_account."
            ),
            ("INVALID_ARGUMENT", true) => (
                "Google does not accept a value of the request",
                "Check google.scopes and google.id_token_audience."
            ),
            ("UNAUTHENTICATED", true) => (
                "Google rejects its own federated token",
                "Check the clock of this host, and that google.token_url and google.iam_url belong together."
            ),
            ("RESOURCE_EXHAUSTED", true) => ("Google limits the project's requests", "Wait, or raise the quota."),
            _ => ("Google refuses the token", "Look the code up in the errors of Google's token services."),
        };
        return $"{cause} ({code}). {remedy}";
    }
}
