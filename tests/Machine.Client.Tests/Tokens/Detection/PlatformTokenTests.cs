using System.Text;
using Culvert.Machine.Client.Tokens.Detection;
using Microsoft.AspNetCore.Http;
using Shouldly;
using Xunit;

namespace Culvert.Machine.Client.Tests.Tokens.Detection;

/// <summary>Each platform's service asked as it wants to be asked, over real HTTP.</summary>
public sealed class PlatformTokenTests : IAsyncLifetime
{
    private const string EncodedAudience = "https%3A%2F%2Fidentity.example.com%3A8443";

    private readonly PlatformUnderTest platform = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => platform.DisposeAsync();

    [Theory]
    [InlineData("/token?api-version=2.0", $"/token?api-version=2.0&audience={EncodedAudience}")]
    [InlineData("/token", $"/token?audience={EncodedAudience}")]
    public async Task GitHub_AsksForOurAudienceWithTheJobsToken(string path, string expected)
    {
        await ServeAsync($$"""{"count":1,"value":"{{PlatformUnderTest.Token}}"}""");
        platform["ACTIONS_ID_TOKEN_REQUEST_URL"] = $"http://{platform.Authority}{path}";
        platform["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = "job-secret";

        (await platform.ReadAsync()).ShouldBe(PlatformUnderTest.Token);

        platform.Requests[0].Target.ShouldBe(expected);
        platform.Requests[0].Headers["Authorization"].ShouldBe("Bearer job-secret");
    }

    [Fact]
    public async Task GitHub_OverPlainHttp_KeepsTheJobsTokenToItself()
    {
        platform["ACTIONS_ID_TOKEN_REQUEST_URL"] = "http://192.0.2.1/token";
        platform["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = "job-secret";

        var fault = await platform.FaultAsync();

        fault.ShouldBe(
            "The identity token's detector github failed: ACTIONS_ID_TOKEN_REQUEST_URL is not an https URL."
        );
    }

    [Theory]
    [InlineData(403, "", "answered 403.")]
    [InlineData(302, "", "answered 302.")]
    [InlineData(200, "hunter2-hunter2", "the response has no value.")]
    [InlineData(200, "{\"value\":7}", "the response has no value.")]
    [InlineData(200, "[\"hunter2-hunter2\"]", "the response has no value.")]
    public async Task GitHub_OtherAnswers_AreRefusedWithoutShowingThem(int status, string body, string expected)
    {
        await ServeAsync(body, status);
        platform["ACTIONS_ID_TOKEN_REQUEST_URL"] = $"http://{platform.Authority}/token";
        platform["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = "job-secret";

        var fault = await platform.FaultAsync();

        fault.ShouldEndWith(expected);
        fault.ShouldNotContain("hunter2-hunter2");
    }

    [Fact]
    public async Task AnswerBeyondTheBound_IsRefused()
    {
        await ServeAsync(new string('a', 65 * 1024));
        platform["K_SERVICE"] = "s";

        (await platform.FaultAsync()).ShouldContain("cannot be reached");
    }

    [Fact]
    public async Task Gcp_AsksTheMetadataServiceForTheFullToken()
    {
        await ServeAsync(PlatformUnderTest.Token);

        (await platform.ReadAsync("gcp")).ShouldBe(PlatformUnderTest.Token);

        platform
            .Requests[0]
            .Target.ShouldBe(
                $"/computeMetadata/v1/instance/service-accounts/default/identity?audience={EncodedAudience}&format=full"
            );
        platform.Requests[0].Headers["Metadata-Flavor"].ShouldBe("Google");
    }

    [Fact]
    public async Task Azure_Machine_AsksForTheResource()
    {
        await ServeAsync($$"""{"access_token":"{{PlatformUnderTest.Token}}"}""");

        (await platform.ReadAsync("azure")).ShouldBe(PlatformUnderTest.Token);

        platform
            .Requests[0]
            .Target.ShouldBe($"/metadata/identity/oauth2/token?api-version=2018-02-01&resource={EncodedAudience}");
        platform.Requests[0].Headers["Metadata"].ShouldBe("true");
    }

    [Fact]
    public async Task Azure_AppService_ShowsTheProcessesSecretToItsEndpointAlone()
    {
        await ServeAsync($$"""{"access_token":"{{PlatformUnderTest.Token}}"}""");
        platform["IDENTITY_ENDPOINT"] = $"http://{platform.Authority}/msi/token";
        platform["IDENTITY_HEADER"] = "process-secret";

        (await platform.ReadAsync()).ShouldBe(PlatformUnderTest.Token);

        platform.Requests[0].Target.ShouldBe($"/msi/token?api-version=2019-08-01&resource={EncodedAudience}");
        platform.Requests[0].Headers["X-IDENTITY-HEADER"].ShouldBe("process-secret");

        platform["IDENTITY_ENDPOINT"] = "http://192.0.2.1/msi/token";
        (await platform.FaultAsync()).ShouldEndWith("IDENTITY_ENDPOINT is not an address of this machine.");
    }

    [Fact]
    public async Task Aws_Machine_TurnsItsRoleIntoAToken()
    {
        await platform.ServeAsync(AnswerAsAws);
        platform.Firmware("sys_vendor", "Amazon EC2");

        (await platform.ReadAsync()).ShouldBe(PlatformUnderTest.Token);

        var call = platform.Requests[^1];
        call.Target.ShouldBe("/sts/eu-west-1/");
        Encoding
            .UTF8.GetString(call.Body)
            .ShouldBe(
                $"Action=GetWebIdentityToken&Audience.member.1={EncodedAudience}&DurationSeconds=300"
                    + "&SigningAlgorithm=RS256&Version=2011-06-15"
            );
        call.Headers["Authorization"].ShouldStartWith("AWS4-HMAC-SHA256 Credential=AKID/");
        call.Headers["x-amz-security-token"].ShouldBe("session");
        platform.Requests.ShouldAllBe(r => r.Method != "GET" || r.Headers.ContainsKey("X-aws-ec2-metadata-token"));
    }

    [Fact]
    public async Task Aws_Container_AsksItsOwnEndpoint()
    {
        await platform.ServeAsync(AnswerAsAws);
        platform["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = "/credentials/1";
        platform["AWS_REGION"] = "us-east-2";

        (await platform.ReadAsync()).ShouldBe(PlatformUnderTest.Token);

        platform.Requests.Select(r => r.Target).ShouldBe(["/credentials/1", "/sts/us-east-2/"]);
    }

    [Fact]
    public async Task Aws_CredentialsFromElsewhere_AreNotFetched()
    {
        platform["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = "http://192.0.2.1/credentials";

        (await platform.FaultAsync()).ShouldContain("neither https nor an address of this machine");
    }

    [Fact]
    public async Task Kubernetes_ReadsTheProjectedFileAnew()
    {
        await File.WriteAllTextAsync(platform.ProjectedToken, "a.b.c", TestContext.Current.CancellationToken);
        var first = await platform.ReadAsync();
        await File.WriteAllTextAsync(platform.ProjectedToken, "d.e.f", TestContext.Current.CancellationToken);

        (first, await platform.ReadAsync()).ShouldBe(("a.b.c", "d.e.f"));
    }

    [Fact]
    public async Task Variables_AreReadAnew()
    {
        platform["TFC_WORKLOAD_IDENTITY_TOKEN"] = "a.b.c";
        var general = await platform.ReadAsync();
        platform["TFC_WORKLOAD_IDENTITY_TOKEN_CULVERT"] = "d.e.f";

        (general, await platform.ReadAsync()).ShouldBe(("a.b.c", "d.e.f"));
        platform["SPACELIFT_OIDC_TOKEN"] = "g.h.i";
        (await platform.ReadAsync("spacelift")).ShouldBe("g.h.i");
    }

    [Fact]
    public void Commands_CarryTheAudienceAsOneArgument()
    {
        CircleCiDetector
            .Arguments("""a"b""")
            .ShouldBe(["circleci", "run", "oidc", "get", "--claims", "{\"aud\":\"a\\u0022b\"}"]);
        BuildkiteDetector.Arguments("a b").ShouldBe(["buildkite-agent", "oidc", "request-token", "--audience", "a b"]);
    }

    [Fact]
    public async Task Name_TellsTheDetector()
    {
        platform["SPACELIFT_OIDC_TOKEN"] = "hunter2-hunter2";

        platform.Source().Name.ShouldBe("detector spacelift");
        await Task.CompletedTask;
    }

    private Task ServeAsync(string body, int status = 200) =>
        platform.ServeAsync(http =>
        {
            http.Response.StatusCode = status;
            http.Response.Headers.Location = "http://192.0.2.1/";
            return http.Response.WriteAsync(body);
        });

    private static Task AnswerAsAws(HttpContext http) =>
        http.Response.WriteAsync(
            http.Request.Path.Value switch
            {
                "/latest/api/token" when http.Request.Method == "PUT" => "imds",
                "/latest/meta-data/iam/security-credentials/" => "agent-role",
                "/latest/meta-data/iam/security-credentials/agent-role" or "/credentials/1" =>
                    """{"AccessKeyId":"AKID","SecretAccessKey":"secret","Token":"session"}""",
                "/latest/meta-data/placement/region" => "eu-west-1",
                _ => $"""
                <GetWebIdentityTokenResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
                  <GetWebIdentityTokenResult><WebIdentityToken>{PlatformUnderTest.Token}</WebIdentityToken>
                  </GetWebIdentityTokenResult></GetWebIdentityTokenResponse>
                """,
            }
        );
}
