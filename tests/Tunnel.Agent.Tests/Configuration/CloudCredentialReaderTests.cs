using Culvert.Platform.Configuration;
using Culvert.Tunnel.Agent.Configuration;
using Culvert.Tunnel.Agent.Credentials;
using Culvert.Tunnel.Agent.Credentials.Google;

namespace Culvert.Tunnel.Agent.Tests.Configuration;

/// <summary>The sections <c>credentials.aws</c> and <c>credentials.google</c>.</summary>
public sealed class CloudCredentialReaderTests : IDisposable
{
    private const string Aws =
        "role: \"arn:aws:iam::123456789012:role/culvert/docs\", region: eu-central-1, service: execute-api";
    private const string Google =
        "audience: \"//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/culvert/providers/service\"";
    private const string Required = "{mode: required, issuers: [corp]}";

    private readonly string folder = Directory.CreateTempSubdirectory("culvert-clouds-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Aws_LeastSection_HasTheDefaultsOfTheReference()
    {
        var credential = Load($"{{type: aws, aws: {{{Aws}}}}}").Settings!.Routes.Single().Credential;

        credential.Type.ShouldBe(CredentialType.Aws);
        credential.ReadsClaims.ShouldBeFalse();
        var aws = credential.Aws!;
        (aws.Role, aws.Region, aws.Service).ShouldBe(
            ("arn:aws:iam::123456789012:role/culvert/docs", "eu-central-1", "execute-api")
        );
        (aws.StsUrl, aws.Audience).ShouldBe(("https://sts.eu-central-1.amazonaws.com", "sts.amazonaws.com"));
        aws.SessionTags.ShouldBeEmpty();
    }

    [Fact]
    public void Aws_SessionTags_AreClaimsOfTheCaller()
    {
        var credential = Load($"{{type: aws, aws: {{{Aws}, session_tags: {{user: sub, team: department}}}}}}")
            .Settings!.Routes.Single()
            .Credential;

        credential.ReadsClaims.ShouldBeTrue();
        credential.Aws!.SessionTags.ShouldBe([new("user", "sub"), new("team", "department")]);
    }

    [Theory]
    [InlineData("cn-north-1", "https://sts.cn-north-1.amazonaws.com.cn")]
    [InlineData("us-gov-west-1", "https://sts.us-gov-west-1.amazonaws.com")]
    public void Aws_RegionOfAnotherPartition_HasItsOwnEndpoint(string region, string url) =>
        Load($"{{type: aws, aws: {{{Aws.Replace("eu-central-1", region)}}}}}")
            .Settings!.Routes.Single()
            .Credential.Aws!.StsUrl.ShouldBe(url);

    [Fact]
    public void Google_LeastSection_HasTheDefaultsOfTheReference()
    {
        var credential = Load($"{{type: google, google: {{{Google}}}}}").Settings!.Routes.Single().Credential;

        credential.Type.ShouldBe(CredentialType.Google);
        var google = credential.Google!;
        (google.ServiceAccount, google.IdTokenAudience).ShouldBe(("", ""));
        google.Scopes.ShouldBe([GoogleSettings.CloudPlatform]);
        (google.TokenUrl, google.IamUrl).ShouldBe(
            ("https://sts.googleapis.com/v1/token", "https://iamcredentials.googleapis.com")
        );
    }

    [Fact]
    public void GitHubApp_Named_IsTheEntryOfTheService()
    {
        var credential = Load("{type: github_app, github_app: handbook}").Settings!.Routes.Single().Credential;

        (credential.Type, credential.GitHubApp).ShouldBe((CredentialType.GitHubApp, "handbook"));
    }

    [Theory]
    [InlineData("{type: github_app}", "github_app", "")]
    [InlineData("{type: none, github_app: handbook}", "github_app", "It is not used with this type.")]
    [InlineData("{type: aws}", "aws.role", "")]
    [InlineData("{type: google}", "google.audience", "")]
    [InlineData($"{{type: none, aws: {{{Aws}}}}}", "aws", "It is not used with this type.")]
    [InlineData($"{{type: none, google: {{{Google}}}}}", "google", "It is not used with this type.")]
    [InlineData(
        "{type: aws, aws: {role: docs, region: eu-central-1, service: lambda}}",
        "aws.role",
        "This is not the ARN of a role."
    )]
    [InlineData(
        "{type: aws, aws: {role: \"arn:aws:iam::123456789012:user/docs\", region: eu-central-1, service: lambda}}",
        "aws.role",
        "This is not the ARN of a role."
    )]
    [InlineData(
        "{type: aws, aws: {role: \"arn:aws:iam::123456789012:role/docs\", region: Frankfurt, service: lambda}}",
        "aws.region",
        "This is not the code of a region."
    )]
    [InlineData(
        "{type: aws, aws: {role: \"arn:aws:iam::123456789012:role/docs\", region: eu-central-1, service: \"Amazon S3\"}}",
        "aws.service",
        "This is not the name of a service in signatures."
    )]
    [InlineData($"{{type: aws, aws: {{{Aws}, audience: \"\"}}}}", "aws.audience", "It is empty.")]
    [InlineData(
        $"{{type: aws, aws: {{{Aws}, sts_url: \"http://sts.example.com\"}}}}",
        "aws.sts_url",
        "This is not an https URL."
    )]
    [InlineData(
        $"{{type: aws, aws: {{{Aws}, session_tags: {{\"aws:user\": sub}}}}}}",
        "aws.session_tags",
        "aws:user cannot be the key of a session tag."
    )]
    [InlineData(
        $"{{type: aws, aws: {{{Aws}, session_tags: {{user: sub, User: client_id}}}}}}",
        "aws.session_tags",
        "AWS has only one tag User, in whatever case."
    )]
    [InlineData(
        $"{{type: aws, aws: {{{Aws}, session_tags: {{user: \"\"}}}}}}",
        "aws.session_tags",
        "user names no claim."
    )]
    [InlineData(
        $"{{type: aws, aws: {{{Aws}, session_tags: {{user: email}}}}}}",
        "aws.session_tags",
        "The tokens of some issuer of the route are not read for the claim email."
    )]
    [InlineData(
        "{type: google, google: {audience: culvert}}",
        "google.audience",
        "This is not the full resource name of a provider."
    )]
    [InlineData(
        $"{{type: google, google: {{{Google}, service_account: docs}}}}",
        "google.service_account",
        "This is not the e-mail address of a service account."
    )]
    [InlineData(
        $"{{type: google, google: {{{Google}, scopes: [\"a b\"]}}}}",
        "google.scopes",
        "One of them is not a scope."
    )]
    [InlineData(
        $"{{type: google, google: {{{Google}, id_token_audience: \"https://a.run.app\"}}}}",
        "google.id_token_audience",
        "Google gives ID tokens for service accounts alone."
    )]
    [InlineData(
        $"{{type: google, google: {{{Google}, token_url: \"\"}}}}",
        "google.token_url",
        "This is not an https URL."
    )]
    [InlineData(
        $"{{type: google, google: {{{Google}, iam_url: \"http://iam.example.com\"}}}}",
        "google.iam_url",
        "This is not an https URL."
    )]
    public void Section_ThatCannotWork_IsNamedWithItsReason(string credentials, string key, string message)
    {
        var error = Load(credentials).Errors.First(e => e.Key.StartsWith("routes.", StringComparison.Ordinal));

        error.Key.ShouldBe($"routes.docs.credentials.{key}");
        error.Message.ShouldStartWith(message);
        error.Remedy.ShouldNotBeEmpty();
    }

    [Fact]
    public void Aws_SessionTagsWithoutCallers_AreRefused()
    {
        var error = Load($"{{type: aws, aws: {{{Aws}, session_tags: {{user: sub}}}}}}", "{mode: dangerous_none}")
            .Errors.ShouldHaveSingleItem();

        (error.Key, error.Message).ShouldBe(
            (
                "routes.docs.credentials.aws.session_tags",
                "This route does not authenticate callers, so that no call has a claim."
            )
        );
    }

    private ConfigResult<AgentSettings> Load(string credentials, string oauth = Required)
    {
        var file = Path.Combine(folder, "agent.yaml");
        File.WriteAllText(
            file,
            $$"""
            config_version: 1
            state_dir: state
            identity:
              url: https://identity.example.com:8443
              organization_id: 11111111-2222-3333-4444-555555555555
              rule_id: fdrl_010000000000000000000000
              token: {environment: IDP_TOKEN}
            tunnel: {id: tnl_010000000000000000000000}
            issuers: {corp: {issuer: "https://login.example.com", claims: [department] } }
            routes:
              docs:
                upstream: {url: "https://docs.example.com"}
                oauth: {{oauth}}
                credentials: {{credentials}}

            """
        );
        return ConfigLoader.Load(
            ConfigLocation.Agent,
            file,
            AgentConfiguration.Read,
            new Dictionary<string, string> { ["IDP_TOKEN"] = "token" }
        );
    }
}
