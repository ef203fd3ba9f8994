namespace Culvert.Tunnel.Agent.Credentials.Aws;

/// <summary>What an error code of AWS STS means for the operator of the agent, and the remedy.</summary>
internal static class StsProblems
{
    private const int MaxCode = 64;

    /// <param name="isChained">Whether the role's own session asked, to get session tags.</param>
    public static string Describe(string code, AwsSettings settings, bool isChained)
    {
        var (cause, remedy) = code switch
        {
            "AccessDenied" when isChained => (
                $"AWS does not let a session of {settings.Role} assume that role with session tags",
                "Let the role's trust policy name the role itself, with sts:AssumeRole and sts:TagSession."
            ),
            "AccessDenied" => (
                $"AWS does not let the agent assume {settings.Role}",
                "Check the role's trust policy: the identity provider, sts:AssumeRoleWithWebIdentity, and the conditions on aud and sub."
            ),
            "InvalidIdentityToken" => (
                "AWS cannot validate the agent's assertion",
                $"Check that IAM has an identity provider with the assertion's issuer and the audience {settings.Audience}, and that its keys are those of the issuer."
            ),
            "ExpiredTokenException" or "ExpiredToken" => (
                "AWS received an assertion or a session that has expired",
                "Check the clocks of this host and of the issuer."
            ),
            "IDPRejectedClaim" => (
                "The identity provider rejects the agent's assertion",
                "Check that the assertion has not been revoked, and the conditions on its claims in the role's trust policy."
            ),
            "IDPCommunicationError" => (
                "AWS cannot reach the assertion's issuer",
                "Make the issuer's discovery document and keys reachable from the internet; then wait a minute."
            ),
            "RegionDisabledException" => (
                $"STS is not activated in {settings.Region}",
                "Activate it in the account settings of IAM, or set aws.sts_url to the endpoint of another region."
            ),
            "PackedPolicyTooLarge" => ("The session tags are too long for AWS", "Set fewer aws.session_tags."),
            "ValidationError" => ("AWS does not accept a value of the request", "Check aws.role and aws.session_tags."),
            "SignatureDoesNotMatch" or "RequestExpired" => (
                "AWS rejects the agent's signature",
                "Check the clock of this host, and aws.region."
            ),
            "Throttling" or "ThrottlingException" => (
                "AWS limits the account's requests to STS",
                "Wait, or set session tags that fewer callers differ in."
            ),
            _ => ("AWS refuses the session", "Look the code up in the errors of the AWS STS API."),
        };
        return IsCode(code) ? $"{cause} ({code}). {remedy}" : $"{cause}. {remedy}";
    }

    // Nothing else that the server sent may come into a log.
    private static bool IsCode(string code) =>
        code.Length is > 0 and <= MaxCode && code.All(c => char.IsAsciiLetterOrDigit(c) || c == '.');
}
