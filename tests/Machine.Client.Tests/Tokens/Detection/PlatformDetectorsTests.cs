using Culvert.Machine.Client.Tokens;
using Culvert.Machine.Client.Tokens.Detection;
using Shouldly;
using Xunit;

namespace Culvert.Machine.Client.Tests.Tokens.Detection;

public sealed class PlatformDetectorsTests : IAsyncLifetime
{
    private readonly PlatformUnderTest platform = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => platform.DisposeAsync();

    [Theory]
    [InlineData("github", "ACTIONS_ID_TOKEN_REQUEST_URL=https://a", "ACTIONS_ID_TOKEN_REQUEST_TOKEN=t")]
    [InlineData("gitlab", "GITLAB_CI=true", "CULVERT_ID_TOKEN=t")]
    [InlineData("circleci", "CIRCLECI=true", "CIRCLE_OIDC_TOKEN=t")]
    [InlineData("circleci", "CIRCLECI=true", "CIRCLE_OIDC_TOKEN_V2=t")]
    [InlineData("buildkite", "BUILDKITE=true", "BUILDKITE_JOB_ID=1")]
    [InlineData("terraform", "TFC_WORKLOAD_IDENTITY_TOKEN=t")]
    [InlineData("terraform", "TFC_WORKLOAD_IDENTITY_TOKEN_CULVERT=t")]
    [InlineData("spacelift", "SPACELIFT_OIDC_TOKEN=t")]
    [InlineData("spiffe", "SPIFFE_ENDPOINT_SOCKET=unix:///s")]
    [InlineData("aws", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/c")]
    [InlineData("aws", "AWS_LAMBDA_FUNCTION_NAME=f")]
    [InlineData("gcp", "K_SERVICE=s")]
    [InlineData("azure", "IDENTITY_ENDPOINT=http://127.0.0.1/", "IDENTITY_HEADER=h")]
    public void Choose_OnePlatform_IsFound(string expected, params string[] variables)
    {
        Set(variables);

        Choose().ShouldBe(expected);
    }

    [Theory]
    [InlineData("aws", "sys_vendor", "Amazon EC2")]
    [InlineData("gcp", "product_name", "Google Compute Engine")]
    [InlineData("azure", "chassis_asset_tag", "7783-7084-3265-9085-8269-3286-77")]
    public void Choose_Machine_IsFoundByItsFirmware(string expected, string file, string text)
    {
        platform.Firmware(file, text);

        Choose().ShouldBe(expected);
    }

    [Fact]
    public void Choose_PodOnACloudMachine_IsThePod()
    {
        platform.Firmware("sys_vendor", "Amazon EC2");
        File.WriteAllText(platform.ProjectedToken, PlatformUnderTest.Token);

        Choose().ShouldBe("kubernetes");
    }

    [Fact]
    public void Choose_JobInAPodWithBothTokens_AsksWhichIsMeant()
    {
        Set("GITLAB_CI=true", "CULVERT_ID_TOKEN=t");
        File.WriteAllText(platform.ProjectedToken, PlatformUnderTest.Token);

        Fault()
            .ShouldBe(
                "More than one source of an identity token was found: gitlab, kubernetes. "
                    + "Set identity.token.detector to the intended source."
            );
        PlatformDetectors.Choose("gitlab", platform.Environment).Name.ShouldBe("gitlab");
    }

    [Fact]
    public void Choose_DeveloperWithAwsKeys_FindsNothing()
    {
        Set("AWS_ACCESS_KEY_ID=a", "AWS_SECRET_ACCESS_KEY=s");

        Fault().ShouldStartWith("No source of an identity token was found. Set identity.token.file");
    }

    [Theory]
    [InlineData("GITHUB_ACTIONS", "id-token: write")]
    [InlineData("GITLAB_CI", "id_tokens: { CULVERT_ID_TOKEN")]
    [InlineData("CIRCLECI", "use a context")]
    [InlineData("TFC_RUN_ID", "TFC_WORKLOAD_IDENTITY_AUDIENCE_CULVERT")]
    [InlineData("KUBERNETES_SERVICE_HOST", "project a serviceAccountToken")]
    public void Choose_PlatformWithoutItsToken_SaysWhatToDo(string variable, string expected)
    {
        platform[variable] = "true";

        Fault().ShouldContain(expected);
    }

    private string Choose() => PlatformDetectors.Choose(PlatformDetectors.Auto, platform.Environment).Name;

    private string Fault() => Should.Throw<IdentityTokenException>(() => Choose()).Message;

    private void Set(params string[] variables)
    {
        foreach (var variable in variables)
        {
            var parts = variable.Split('=', 2);
            platform[parts[0]] = parts[1];
        }
    }
}
