using System.Security.Cryptography;
using System.Text;
using Culvert.Platform.Configuration;
using Culvert.Platform.Programs;
using Culvert.Platform.Wire;
using Culvert.PropertyTesting;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Policy;
using Culvert.Tunnel.Agent.Policy.Service;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.Tunnel.Agent.Tests.Policy.Service;

/// <summary>What the feed offers is in force if it can be used; otherwise what was good last is.</summary>
public sealed class ServicePoliciesTests : IDisposable
{
    private const string Good = "mode: enforce\nrules:\n  - {name: all, effect: allow, tools: [search]}\n";
    private const string Other = "mode: enforce\nrules:\n  - {name: other, effect: allow, tools: [get]}\n";
    private static readonly OauthSettings Oauth = new() { Mode = OauthMode.Required, Issuers = ["corp"] };

    private readonly string folder = Directory.CreateTempSubdirectory("culvert-service-policies-").FullName;
    private readonly StateDirectory state;
    private ServicePolicies policies;

    public ServicePoliciesTests()
    {
        state = StateDirectory.Open(folder);
        policies = Create();
    }

    public void Dispose()
    {
        state.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Resolve_NothingReceived_RefusesEverything()
    {
        var settings = policies.Resolve("docs", Oauth);

        settings.ShouldBe(PolicySettings.NotReceived);
        settings.Mode.ShouldBe(PolicyMode.Enforce);
        policies.Describe("docs", settings).ShouldBeNull();
    }

    [Fact]
    public void Resolve_GoodOffer_IsInForce()
    {
        policies.Offer(Of(Version(1, Good))).ShouldBeFalse("no route takes it yet");
        policies.Resolve("docs", Oauth).IsMissing.ShouldBeFalse();
        policies.Offer(Of(Version(1, Good))).ShouldBeFalse("it is the same");

        var settings = policies.Resolve("docs", Oauth);

        settings.Rules.Single().Name.ShouldBe("all");
        settings.IsFromService.ShouldBeTrue();
        policies
            .Describe("docs", settings)
            .ShouldBe(new AgentReportPolicy(InForce: "pol_1", Refused: null, Problem: ""));
        policies.Resolve("other", Oauth).IsMissing.ShouldBeTrue();
    }

    [Fact]
    public void Resolve_ClaimThatTheFileNoLongerExposes_RefusesEverything()
    {
        const string Own =
            "mode: enforce\nrules:\n  - {name: own, effect: allow, tools: [get], arguments: [{at: /id, equals_claim: customer_id}]}\n";
        PolicyForm.FindProblems(Own).ShouldBeEmpty();
        policies.Offer(Of(Version(1, Own)));
        policies.Resolve("docs", PolicyFile.Oauth).Rules.Single().ReadsClaims.ShouldBeTrue();

        var settings = policies.Resolve("docs", Oauth);

        settings.IsMissing.ShouldBeTrue();
        policies
            .Describe("docs", settings)!
            .Problem.ShouldBe(
                "line 3: rules[0].arguments[0].equals_claim: issuers.corp.claims does not name the claim customer_id, so that no rule may compare it. Add it there."
            );
    }

    [Theory]
    [InlineData("mode: enforce\nrules:\n  - {name: a, effect: allow}\n")]
    [InlineData("mode: enforce\nrules:\n  - {name: a, effect: allow, tools: [x], issuer: unknown}\n")]
    [InlineData("rules: []\n")]
    [InlineData("mode: [\n")]
    [InlineData("from: file\nmode: off\n")]
    public void Resolve_FaultyOffer_KeepsWhatWasGood(string text)
    {
        policies.Offer(Of(Version(1, Good)));
        policies.Resolve("docs", Oauth);
        policies.Offer(Of(Version(2, text))).ShouldBeTrue();

        var settings = policies.Resolve("docs", Oauth);

        settings.Rules.Single().Name.ShouldBe("all");
        var said = policies.Describe("docs", settings).ShouldNotBeNull();
        said.InForce.ShouldBe("pol_1");
        said.Refused.ShouldBe("pol_2");
        said.Problem.ShouldNotBeEmpty();

        policies.Offer(Of(Version(3, Other)));
        settings = policies.Resolve("docs", Oauth);
        settings.Rules.Single().Name.ShouldBe("other");
        policies.Describe("docs", settings)!.Refused.ShouldBeNull();
    }

    [Fact]
    public void Resolve_WrongDigest_IsRefused()
    {
        policies.Offer(Of(Version(1, Good) with { Text = Other }));

        var settings = policies.Resolve("docs", Oauth);

        settings.IsMissing.ShouldBeTrue();
        var said = policies.Describe("docs", settings).ShouldNotBeNull();
        said.InForce.ShouldBeNull();
        said.Problem.ShouldContain("digest");
    }

    [Fact]
    public void Resolve_AfterARestart_HasWhatWasGood()
    {
        policies.Offer(Of(Version(1, Good)));
        policies.Resolve("docs", Oauth);
        policies.Offer(Of(Version(2, "mode: [\n")));
        policies.Resolve("docs", Oauth);

        policies = Create();

        policies.Resolve("docs", Oauth).Rules.Single().Name.ShouldBe("all");
        policies.Offer([]).ShouldBeFalse();
        policies.Resolve("docs", Oauth).Rules.Single().Name.ShouldBe("all");
    }

    [Fact]
    public void Resolve_AfterTheFileWasChanged_RefusesEverything()
    {
        policies.Offer(Of(Version(1, Good)));
        policies.Resolve("docs", Oauth);
        var path = Path.Combine(folder, ServicePolicyFile.Name);
        var sealedText = File.ReadAllText(path);
        sealedText.ShouldNotContain("tools: [search]");
        File.WriteAllText(path, sealedText[..^8] + "AAAAAAA=");

        Create().Resolve("docs", Oauth).IsMissing.ShouldBeTrue();
    }

    [Fact]
    public void Offer_ForARouteThatTakesNone_ChangesNothing()
    {
        policies.Resolve("docs", Oauth);

        policies.Offer(new() { ["wiki"] = Version(1, Good) }).ShouldBeFalse();
    }

    // Whatever the service sends ends in a policy, or in a problem that can be reported. Each text has its own route.
    [Fact]
    public void Resolve_AnyText_GivesAPolicyOrAProblem() =>
        Prop.ForAll(
                Gen.Elements(
                        "mode: enforce\n",
                        "mode: off\n",
                        "rules:\n",
                        "  - {name: a, effect: allow, tools: [x]}\n",
                        "  - ",
                        "json: {",
                        "}",
                        "[",
                        "\"",
                        "\ud800",
                        "\0",
                        "&a ",
                        "*a",
                        "!x ",
                        "---\n",
                        "${secret:env:HOME}",
                        "é"
                    )
                    .ListOf()
                    .ToArbitrary(),
                parts =>
                {
                    var text = string.Concat(parts);
                    policies.Offer(new() { [text] = Version(1, text) });
                    var settings = policies.Resolve(text, Oauth);
                    return settings.IsMissing == (policies.Describe(text, settings)!.Problem.Length > 0);
                }
            )
            .CheckSeeded(300);

    // The rules name an issuer that the agent's file no longer has.
    [Fact]
    public void Resolve_WhatWasGoodDoesNotFitTheFileAnyMore_RefusesEverything()
    {
        policies.Offer(
            Of(Version(1, "mode: enforce\nrules:\n  - {name: a, effect: allow, tools: [x], issuer: corp}\n"))
        );
        policies.Resolve("docs", Oauth).IsMissing.ShouldBeFalse();

        var settings = policies.Resolve("docs", Oauth with { Issuers = ["other"] });

        settings.IsMissing.ShouldBeTrue();
        policies.Describe("docs", settings)!.Refused.ShouldBe("pol_1");
    }

    [Theory]
    [InlineData("{from: service}", "")]
    [InlineData("{from: service, mode: off}", "mode")]
    [InlineData("{from: service, default: allow}", "default")]
    [InlineData("{from: service, rules: []}", "rules")]
    [InlineData("{from: service, json: {max_depth: 9}}", "json")]
    [InlineData("{from: feed}", "from")]
    public void File_HasOneSource(string policy, string key)
    {
        var read = PolicyFile.Read(policy);

        if (key.Length == 0)
        {
            read.Settings.ShouldBe(PolicySettings.NotReceived);
        }
        else
        {
            read.Errors.ShouldHaveSingleItem().Key.ShouldBe($"policy.{key}");
        }
    }

    [Fact]
    public async Task Call_WithoutAPolicy_IsRefusedByName()
    {
        await using var scene = await PolicyFixture.StartAsync(PolicySettings.NotReceived, PolicyFixture.Json("{}"));

        var (answer, _) = await scene.PostAsync("""{"jsonrpc":"2.0","id":1,"method":"initialize","params":{}}""");

        ((int)answer.StatusCode).ShouldBe(503);
        answer.Headers.GetValues("culvert-reason").ShouldBe(["policy.not_received"]);
    }

    private ServicePolicies Create() =>
        new(new ServicePolicyFile(state, NullLogger.Instance), NullLogger<ServicePolicies>.Instance);

    private static Dictionary<string, AgentFeedPolicy> Of(AgentFeedPolicy policy) => new() { ["docs"] = policy };

    private static AgentFeedPolicy Version(int number, string text) =>
        new(
            Hostname: "docs.d.test",
            Id: $"pol_{number}",
            Version: number,
            Digest: Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))),
            Text: text
        );
}
