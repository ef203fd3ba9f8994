using System.Net;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Authorization;

/// <summary>
/// Identity assertions (draft-ietf-oauth-identity-assertion-authz-grant-04 §4.4) from the provider to the token.
/// </summary>
[Trait(StorageTrait.Name, StorageTrait.Both)]
public sealed class IdentityAssertionTests : IAsyncLifetime
{
    private AuthorizationBench bench = null!;

    public async ValueTask InitializeAsync() => bench = await AuthorizationBench.StartAsync();

    public ValueTask DisposeAsync() => bench.DisposeAsync();

    [Fact]
    public async Task Metadata_OfTheServer_NamesGrantAndProfile()
    {
        using var response = await bench.Federated.SendAnonymousAsync(
            new HttpRequestMessage(
                HttpMethod.Get,
                $"/.well-known/oauth-authorization-server/oauth/{bench.Organization}"
            )
        );

        var document = await response.JsonAsync();
        document
            .GetProperty("grant_types_supported")
            .EnumerateArray()
            .Select(one => one.GetString())
            .ShouldBe(["authorization_code", "refresh_token", FormCalls.JwtBearer]);
        document
            .GetProperty("authorization_grant_profiles_supported")
            .ToString()
            .ShouldBe("""["urn:ietf:params:oauth:grant-profile:id-jag"]""");
    }

    [Fact]
    public async Task Assertion_Good_GivesATokenForTheRoute()
    {
        var assertion = bench.AssertionClaims();

        var token = await bench.TokenOkAsync(
            bench.AssertionForm(bench.Federated.Provider.Sign(assertion, AuthorizationBench.AssertionHeader))
        );

        token.EnumerateObject().Select(one => one.Name).ShouldBe(["access_token", "token_type", "expires_in", "scope"]);
        token.Text("token_type").ShouldBe("Bearer");
        token.Text("scope").ShouldBe("files.read files.write");
        var claims = FormCalls.ClaimsOf(token.Text("access_token"));
        claims.Text("iss").ShouldBe(bench.Issuer);
        claims.Text("sub").ShouldBe($"{bench.IssuerId}:ada");
        claims.Text("aud").ShouldBe(bench.Resource);
        claims.Text("client_id").ShouldBe(bench.Client);
        claims.Text("rule").ShouldBe(bench.RuleId);
        claims.GetProperty("src").Text("iss").ShouldBe(bench.IssuerId);
        var entry = await bench.Federated.LastAuditAsync("oauth_token_issued");
        entry.GetProperty("actor").Text("subject").ShouldBe("ada");
        var data = entry.GetProperty("event_data");
        data.Text("grant_type").ShouldBe(FormCalls.JwtBearer);
        data.Text("token_id").ShouldBe(claims.Text("jti"));
        data.Text("assertion_id").ShouldBe((string?)assertion["jti"]);
        data.Text("federation_rule_id").ShouldBe(bench.RuleId);
    }

    [Fact]
    public async Task Assertion_Twice_IsUsedOnce()
    {
        var form = bench.AssertionForm(bench.Assertion());
        await bench.TokenOkAsync(form);

        await ShouldRefuseAsync(form, "invalid_grant", "jti_reused");
    }

    [Fact]
    public async Task Assertion_TwiceAtOnce_IsUsedOnce()
    {
        var form = bench.AssertionForm(bench.Assertion());

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => bench.TokenAsync(form)));

        answers.Count(one => one.StatusCode == HttpStatusCode.OK).ShouldBe(1);
        answers.Count(one => one.StatusCode == HttpStatusCode.BadRequest).ShouldBe(7);
        foreach (var one in answers)
        {
            one.Dispose();
        }
    }

    // The record of the provider may allow repeated use to workloads; an identity assertion is for one request.
    [Theory]
    [InlineData("off")]
    [InlineData("bound_reuse")]
    public async Task Assertion_TwiceAtAnIssuerThatAllowsIt_IsUsedOnce(string mode)
    {
        using var changed = await bench.Federated.PostAsync(
            $"{FederatedService.Issuers}/{bench.IssuerId}",
            new JsonObject { ["replay_mode"] = mode }
        );
        changed.StatusCode.ShouldBe(HttpStatusCode.OK);
        var form = bench.AssertionForm(bench.Assertion());
        await bench.TokenOkAsync(form);

        await ShouldRefuseAsync(form, "invalid_grant", "jti_reused");
    }

    [Fact]
    public async Task Assertion_RestartBetweenTwoUses_IsUsedOnce()
    {
        var form = bench.AssertionForm(bench.Assertion());
        await bench.TokenOkAsync(form);
        await bench.Federated.RestartAsync();
        await bench.EnableAsync(true);

        await ShouldRefuseAsync(form, "invalid_grant", "jti_reused");
    }

    [Fact]
    public async Task Assertion_PersonOffBoardedAfterIt_IsRefused()
    {
        // With the issuer's keys in memory, it does not matter that time passes while they are fetched again.
        await bench.TokenOkAsync(bench.AssertionForm(bench.Assertion()));
        var form = bench.AssertionForm(bench.Assertion());
        bench.Federated.Time.Advance(TimeSpan.FromSeconds(5));
        await OffBoardAsync();
        bench.Federated.Time.Advance(TimeSpan.FromSeconds(5));

        await ShouldRefuseAsync(form, "invalid_grant", "token_revoked");

        await bench.TokenOkAsync(bench.AssertionForm(bench.Assertion()));
    }

    [Fact]
    public async Task Assertion_ArchivedClient_IsRefused()
    {
        await bench.Federated.CreateAsync($"/v1/oauth/clients/{bench.Client}/archive");

        await ShouldRefuseAsync(bench.AssertionForm(bench.Assertion()), "invalid_client", "actor_invalid");
    }

    [Fact]
    public async Task Assertion_ArchivedRule_IsRefused()
    {
        await bench.Federated.CreateAsync($"{FederatedService.Rules}/{bench.RuleId}/archive");

        await ShouldRefuseAsync(bench.AssertionForm(bench.Assertion()), "invalid_grant", reason: null);
    }

    [Fact]
    public async Task Assertion_DisabledRule_IsRefused()
    {
        using var changed = await bench.Federated.PostAsync(
            $"{FederatedService.Rules}/{bench.RuleId}",
            new JsonObject { ["state"] = "disabled" }
        );
        changed.StatusCode.ShouldBe(HttpStatusCode.OK);

        await ShouldRefuseAsync(bench.AssertionForm(bench.Assertion()), "invalid_grant", reason: null);
    }

    [Fact]
    public async Task Assertion_ArchivedIssuer_IsRefused()
    {
        await bench.Federated.CreateAsync($"{FederatedService.Rules}/{bench.RuleId}/archive");
        await bench.Federated.CreateAsync($"{FederatedService.Issuers}/{bench.IssuerId}/archive");

        await ShouldRefuseAsync(bench.AssertionForm(bench.Assertion()), "invalid_grant", reason: null);
    }

    [Fact]
    public async Task Assertion_NotEnabled_IsNotFound()
    {
        await bench.EnableAsync(false);

        using var response = await bench.TokenAsync(bench.AssertionForm(bench.Assertion()));

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Assertion_AtAnotherOrganizationsServer_IsNotFound()
    {
        using var response = await bench.TokenAsync(bench.AssertionForm(bench.Assertion()), "org_other");

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Assertion_OfAnotherOrganizationsIssuerOrTunnel_IsRefused()
    {
        var other = await bench.Service.Api.PostOkAsync("/v1/organizations", """{"name":"Other"}""");
        var key = await bench.Service.Api.PostOkAsync(
            "/v1/admin_keys",
            $$"""{"name":"Eve","role":"security-admin","organization_id":"{{other.Id()}}"}"""
        );
        using var eve = bench.Service.Client(key.Text("admin_key"));
        const string TheirIssuer = "https://idp.other.example";
        await eve.PostOkAsync(
            FederatedService.Issuers,
            new JsonObject
            {
                ["name"] = "theirs",
                ["issuer_url"] = TheirIssuer,
                ["jwks"] = new JsonObject { ["type"] = "inline", ["keys"] = bench.Federated.Provider.Keys.DeepClone() },
            }.ToJsonString()
        );
        var tunnel = await eve.PostOkAsync("/v1/tunnels", """{"display_name":"theirs"}""");

        await ShouldRefuseAsync(
            bench.AssertionForm(bench.Assertion(claims => claims["iss"] = TheirIssuer)),
            "invalid_grant",
            reason: null
        );
        await ShouldRefuseAsync(
            bench.AssertionForm(
                bench.Assertion(claims => claims["resource"] = $"https://docs.{tunnel.Text("domain")}/mcp")
            ),
            "invalid_target",
            "target_not_allowed"
        );
    }

    [Theory]
    [InlineData("files.read", null, "files.read")]
    [InlineData("files.read files.write", "files.read", "files.read")]
    [InlineData("files.read files.admin", null, "files.read")]
    [InlineData(null, "files.read", "files.read")]
    [InlineData(null, null, "files.read files.write")]
    public async Task Assertion_Scopes_AreNarrowedByAll(string? stated, string? requested, string granted)
    {
        var form = bench.AssertionForm(bench.Assertion(claims => Set(claims, "scope", stated)));
        if (requested is not null)
        {
            form["scope"] = requested;
        }

        (await bench.TokenOkAsync(form)).Text("scope").ShouldBe(granted);
    }

    // CrossAppAccessProvider of the TypeScript SDK sends the resource and the scope that it discovered.
    [Theory]
    [InlineData("claim")]
    [InlineData("parameter")]
    [InlineData("both")]
    [InlineData("list")]
    public async Task Assertion_Resource_IsTheOneThatBothAllow(string where)
    {
        var form = bench.AssertionForm(
            bench.Assertion(claims =>
            {
                if (where == "parameter")
                {
                    claims.Remove("resource");
                }
                else if (where == "list")
                {
                    claims["resource"] = new JsonArray("https://other.example/mcp", bench.Resource);
                }
            })
        );
        if (where != "claim")
        {
            form["resource"] = bench.Resource;
        }

        var token = await bench.TokenOkAsync(form);

        FormCalls.ClaimsOf(token.Text("access_token")).Text("aud").ShouldBe(bench.Resource);
    }

    [Fact]
    public async Task Assertion_OneAudienceInAList_IsAccepted() =>
        (
            await bench.TokenOkAsync(
                bench.AssertionForm(bench.Assertion(claims => claims["aud"] = new JsonArray(bench.Issuer)))
            )
        )
            .Text("token_type")
            .ShouldBe("Bearer");

    [Fact]
    public async Task Assertion_RuleWithAnotherAudience_IsRefused()
    {
        await bench.Federated.CreateAsync($"{FederatedService.Rules}/{bench.RuleId}/archive");
        await bench.RuleAsync(body =>
            body["match"] = new JsonObject
            {
                ["subject_prefix"] = "ada",
                ["audience"] = AuthorizationBench.ConsoleClient,
            }
        );

        await ShouldRefuseAsync(bench.AssertionForm(bench.Assertion()), "invalid_grant", "audience_mismatch");
    }

    [Theory]
    [InlineData(true, "DPoP")]
    [InlineData(false, null)]
    public async Task Assertion_RuleRequiresAKey_NeedsTheProof(bool hasKey, string? type)
    {
        await bench.Federated.CreateAsync($"{FederatedService.Rules}/{bench.RuleId}/archive");
        await bench.RuleAsync(body => body["bind"] = "dpop");

        var (status, body) = await PostWithKeyAsync(hasKey, _ => bench.Assertion());

        if (type is null)
        {
            status.ShouldBe(HttpStatusCode.BadRequest);
            body.Text("error").ShouldBe("unauthorized_client");
            (await bench.FindReasonAsync(body.Text("request_id"))).ShouldBe("binding_required");
            return;
        }

        status.ShouldBe(HttpStatusCode.OK, body.ToString());
        body.Text("token_type").ShouldBe(type);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Assertion_WithAKey_IsForItsHolder(bool isHolder)
    {
        var (status, body) = await PostWithKeyAsync(
            isHolder,
            thumbprint => bench.Assertion(claims => claims["cnf"] = new JsonObject { ["jkt"] = thumbprint })
        );

        status.ShouldBe(isHolder ? HttpStatusCode.OK : HttpStatusCode.BadRequest, body.ToString());
        if (!isHolder)
        {
            body.Text("error").ShouldBe("invalid_grant");
            (await bench.FindReasonAsync(body.Text("request_id"))).ShouldBe("binding_mismatch");
        }
    }

    [Theory]
    [InlineData(1800, null)]
    [InlineData(1801, "lifetime_too_long")]
    public async Task Assertion_Life_HasALimit(int seconds, string? reason)
    {
        IdentityAssertion.LongestLife.TotalSeconds.ShouldBe(1800);
        var form = bench.AssertionForm(
            bench.Assertion(claims => claims["exp"] = claims["iat"]!.GetValue<long>() + seconds)
        );

        using var response = await bench.TokenAsync(form);

        response.StatusCode.ShouldBe(reason is null ? HttpStatusCode.OK : HttpStatusCode.BadRequest);
        (await bench.FindReasonAsync(response.Header("request-id")!)).ShouldBe(reason);
    }

    // Whatever types the issuer's record lists: a statement about a person is never a workload's own.
    [Fact]
    public async Task Exchange_IdentityAssertion_IsDenied()
    {
        var rule = await bench.Federated.RuleAsync(editIssuer: body =>
            body["types"] = new JsonArray("JWT", "oauth-id-jag+jwt")
        );

        (
            await bench.Federated.DenialAsync(
                rule,
                bench.Federated.Provider.Sign(
                    bench.Federated.Provider.Claims(FederatedService.PublicUrl),
                    AuthorizationBench.AssertionHeader
                )
            )
        ).ShouldBe("typ_not_allowed");
    }

    private static void Set(JsonObject claims, string name, string? value)
    {
        if (value is null)
        {
            claims.Remove(name);
        }
        else
        {
            claims[name] = value;
        }
    }

    private Task OffBoardAsync() =>
        bench.Federated.CreateAsync(
            "/v1/people/off_board",
            new JsonObject
            {
                ["issuer_id"] = bench.IssuerId,
                ["subject"] = "ada",
                ["reason"] = "has left",
            }
        );

    private async Task<(HttpStatusCode Status, System.Text.Json.JsonElement Body)> PostWithKeyAsync(
        bool provesKey,
        Func<string, string> createAssertion
    )
    {
        using var client = ExchangeClient.WithKey(bench.Federated);
        var path = $"/oauth/{bench.Organization}/token";
        using var response = await client.PostAsync(
            bench.AssertionForm(createAssertion(client.Thumbprint)).Select(field => (field.Key, field.Value)),
            provesKey ? client.Proof(path: path) : null,
            path
        );
        return (response.StatusCode, await response.JsonAsync());
    }

    private async Task ShouldRefuseAsync(Dictionary<string, string> form, string error, string? reason)
    {
        using var response = await bench.TokenAsync(form);
        var body = await response.JsonAsync();
        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest, body.ToString());
        body.Text("error").ShouldBe(error);
        (await bench.FindReasonAsync(response.Header("request-id")!)).ShouldBe(reason);
    }
}
