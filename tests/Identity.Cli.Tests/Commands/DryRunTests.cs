using Culvert.Identity.Cli.Hosting;
using Shouldly;

namespace Culvert.Identity.Cli.Tests.Commands;

public sealed class DryRunTests : CommandTest
{
    [Fact]
    public async Task Change_IsShownAndNotSent()
    {
        Service.On(
            "GET /v1/tunnels?limit=100",
            """{"data":[{"id":"tnl_01","display_name":"docs"}],"next_page":null}"""
        );

        var run = await Stage.RunAsync("tunnel", "update", "docs", "--client-range", "10.0.0.0/8", "--dry-run");

        run.ExitCode.ShouldBe(0, run.Error);
        run.Out.ShouldContain("would send POST /v1/tunnels/tnl_01 ");
        run.Out.ShouldContain("10.0.0.0/8");
        Service.Requests.ShouldAllBe(request => request.Method == "GET");
    }

    [Fact]
    public async Task Archive_AsksNobody()
    {
        Service.On("GET /v1/tunnels/tnl_01", """{"id":"tnl_01","display_name":"docs"}""");

        var run = await Stage.RunAsync("tunnel", "archive", "tnl_01", "--dry-run", "-o", "json");

        run.ExitCode.ShouldBe(0, run.Error);
        run.Json["path"]!.GetValue<string>().ShouldBe("/v1/tunnels/tnl_01/archive");
        Service.Requests.ShouldAllBe(request => request.Method == "GET");
    }

    [Fact]
    public async Task Secret_IsLeftOut()
    {
        var key = Stage.Write("key.p12", "not really");
        var password = Stage.Write("password", "hunter2-hunter2");

        var run = await Stage.RunAsync(
            "ca",
            "import",
            "ca_01",
            "--file",
            key,
            "--password-file",
            password,
            "--dry-run"
        );

        run.ExitCode.ShouldBe(0, run.Error);
        run.Out.ShouldNotContain("hunter2-hunter2");
        run.Out.ShouldNotContain("bm90IHJlYWxseQ");
    }

    [Fact]
    public async Task PollToken_IsLeftOut()
    {
        var token = Stage.Write("token", "hunter2-hunter2");

        var run = await Stage.RunAsync([
            "issuer",
            "signals",
            "set",
            "fdis_01",
            "--transmitter",
            "https://idp.example",
            "--jwks-uri",
            "https://idp.example/keys",
            "--poll-url",
            "https://idp.example/poll",
            "--poll-token-file",
            token,
            "--dry-run",
        ]);

        run.ExitCode.ShouldBe(0, run.Error);
        run.Out.ShouldContain("\"poll_token\":\"(secret)\"");
        run.Out.ShouldNotContain("hunter2-hunter2");
    }

    [Fact]
    public async Task Question_IsAsked()
    {
        Service.On("POST /v1/organizations/federation_rules/lint", """{"checked":0,"data":[]}""");

        (await Stage.RunAsync("rule", "lint", "--dry-run")).ExitCode.ShouldBe(0);
        Service.Requests.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("login --federated --rule fdrl_01 --token-file t")]
    [InlineData("logout")]
    public async Task WhatHasNoRequest_RefusesIt(string line)
    {
        var run = await Stage.RunAsync([.. line.Split(' '), "--dry-run"]);

        run.ExitCode.ShouldBe(ExitCode.Usage);
        run.Error.ShouldContain("--dry-run");
    }
}
