using System.Text.Json.Nodes;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.People;

/// <summary>What an off-boarded person's assertions are worth.</summary>
public sealed class OffBoardedExchangeTests
{
    [Fact]
    public async Task Exchange_AssertionFromBefore_IsRefusedAndALaterOneIsNot()
    {
        await using var federated = await FederatedService.StartAsync();
        string issuerId = "";
        var rule = await federated.RuleAsync(body => issuerId = (string)body["issuer_id"]!);
        await federated.AccessTokenAsync(rule);
        var old = federated.Token();
        federated.Time.Advance(TimeSpan.FromSeconds(2));

        await federated.CreateAsync(
            "/v1/people/off_board",
            new JsonObject
            {
                ["issuer_id"] = issuerId,
                ["subject"] = "repo:acme/app:ref:refs/heads/main",
                ["reason"] = "has left",
            }
        );
        federated.Time.Advance(TimeSpan.FromSeconds(2));

        (await federated.DenialAsync(rule, old)).ShouldBe("token_revoked");
        await federated.AccessTokenAsync(rule);
    }
}
