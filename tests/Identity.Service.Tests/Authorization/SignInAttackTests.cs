using System.Net;
using System.Text.Json.Nodes;
using Culvert.Identity.Service.Authorization;
using Culvert.Identity.Service.Tests.Fixtures;
using Culvert.Jose.Keys;
using Microsoft.AspNetCore.WebUtilities;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Authorization;

/// <summary>The attacks of RFC 9700 §4 on a sign-in to a route.</summary>
public sealed class SignInAttackTests : IAsyncLifetime
{
    private AuthorizationBench bench = null!;

    public async ValueTask InitializeAsync() => bench = await AuthorizationBench.StartAsync();

    public ValueTask DisposeAsync() => bench.DisposeAsync();

    [Theory]
    [InlineData("redirect_uri", "https://attacker.example/callback")]
    [InlineData("redirect_uri", "https://client.example.com/callback/x")]
    [InlineData("redirect_uri", "")]
    [InlineData("client_id", "https://attacker.example/client.json")]
    [InlineData("client_id", "")]
    public async Task Authorize_UnknownClientOrRedirectUri_NeverRedirects(string name, string value)
    {
        using var browser = new ConsoleBrowser(bench.Service);
        var parameters = bench.AuthorizeParameters();
        parameters[name] = value;

        using var answer = await browser.GetAsync(bench.AuthorizePath(parameters));

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        answer.Headers.Location.ShouldBeNull();
    }

    [Theory]
    [InlineData("response_type", "token", "unsupported_response_type")]
    [InlineData("response_type", "", "invalid_request")]
    [InlineData("response_mode", "fragment", "invalid_request")]
    [InlineData("code_challenge_method", "plain", "invalid_request")]
    [InlineData("code_challenge_method", "", "invalid_request")]
    [InlineData("code_challenge", "", "invalid_request")]
    [InlineData("code_challenge", "short", "invalid_request")]
    [InlineData("resource", "", "invalid_target")]
    [InlineData("resource", "http://docs.example/", "invalid_target")]
    [InlineData("resource", "https://docs.example/", "invalid_target")]
    [InlineData("resource", FederatedService.PublicUrl, "invalid_target")]
    [InlineData("request_uri", "https://attacker.example/", "invalid_request")]
    [InlineData("dpop_jkt", "short", "invalid_request")]
    [InlineData("scope", "a  b", "invalid_scope")]
    public async Task Authorize_BadParameter_IsAnsweredToTheClient(string name, string value, string error)
    {
        using var browser = new ConsoleBrowser(bench.Service);
        var parameters = bench.AuthorizeParameters();
        parameters[name] = value;

        using var response = await browser.GetAsync(bench.AuthorizePath(parameters));

        var answer = AuthorizationBench.AnswerTo(response);
        answer["error"].ShouldBe(error);
        answer["iss"].ShouldBe(bench.Issuer);
        answer["state"].ShouldBe("the-state");
    }

    [Theory]
    [InlineData("scope", "x")]
    [InlineData("resource", "https://other.example/")]
    [InlineData("code_challenge_method", "plain")]
    public async Task Authorize_RepeatedParameter_IsRefused(string name, string value)
    {
        using var browser = new ConsoleBrowser(bench.Service);
        var parameters = bench.AuthorizeParameters();
        parameters["scope"] = "files.read";

        using var response = await browser.GetAsync(
            QueryHelpers.AddQueryString(bench.AuthorizePath(parameters), name, value)
        );

        AuthorizationBench.AnswerTo(response)["error"].ShouldBe("invalid_request");
    }

    [Theory]
    [InlineData(AuthorizationRequestReader.MaxStateLength, true)]
    [InlineData(AuthorizationRequestReader.MaxStateLength + 1, false)]
    public async Task Authorize_State_HasALimit(int length, bool isGood)
    {
        using var browser = new ConsoleBrowser(bench.Service);
        var parameters = bench.AuthorizeParameters();
        parameters["state"] = new string('s', length);

        using var response = await browser.GetAsync(bench.AuthorizePath(parameters));

        response.Headers.Location!.Host.ShouldBe(isGood ? "127.0.0.1" : "client.example.com");
    }

    [Fact]
    public async Task SignIn_NoRule_IsDeniedAndRecorded()
    {
        await bench.Federated.CreateAsync($"{FederatedService.Rules}/{bench.RuleId}/archive");
        await bench.RuleAsync(body => body["match"] = new JsonObject { ["subject_prefix"] = "bob" });
        using var browser = new ConsoleBrowser(bench.Service);

        using var response = await bench.SignInAsync(browser);

        AuthorizationBench.AnswerTo(response)["error"].ShouldBe("access_denied");
        (await bench.Federated.LastAuditAsync("oauth_sign_in"))
            .GetProperty("status")
            .Text("reason")
            .ShouldBe("match_subject_prefix");
    }

    [Fact]
    public async Task Consent_Denied_IsAnsweredAndRecorded()
    {
        using var browser = new ConsoleBrowser(bench.Service);
        using var page = await bench.SignInAsync(browser);

        using var response = await bench.AnswerAsync(browser, "deny");

        AuthorizationBench.AnswerTo(response)["error"].ShouldBe("access_denied");
        (await bench.Federated.LastAuditAsync("oauth_sign_in"))
            .GetProperty("status")
            .Text("reason")
            .ShouldBe("consent_denied");
    }

    [Fact]
    public async Task Consent_OfAnotherBrowser_IsRefused()
    {
        using var attacker = new ConsoleBrowser(bench.Service);
        using var attackersPage = await bench.SignInAsync(attacker);
        var request = AuthorizationBench.RequestOn(attacker);
        using var victim = new ConsoleBrowser(bench.Service);
        using var victimsPage = await bench.SignInAsync(victim);

        using var response = await victim.SubmitAsync(
            $"/oauth/{bench.Organization}/consent",
            (ConsentForm.RequestField, request),
            (ConsentForm.AnswerField, ConsentForm.Allow)
        );

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        response.Headers.Location.ShouldBeNull();
    }

    [Theory]
    [InlineData(ConsentForm.Allow, ConsentForm.Allow)]
    [InlineData(ConsentForm.Allow, ConsentForm.Deny)]
    [InlineData(ConsentForm.Deny, ConsentForm.Allow)]
    public async Task Consent_AnsweredTwice_IsRefused(string first, string second)
    {
        using var browser = new ConsoleBrowser(bench.Service);
        using var page = await bench.SignInAsync(browser);
        var (token, request) = (ConsoleBrowser.TokenOf(browser.Page), AuthorizationBench.RequestOn(browser));
        using var answered = await bench.AnswerAsync(browser, first);
        answered.StatusCode.ShouldBe(HttpStatusCode.SeeOther);

        using var response = await browser.SubmitWithAsync(
            $"/oauth/{bench.Organization}/consent",
            token,
            (ConsentForm.RequestField, request),
            (ConsentForm.AnswerField, second)
        );

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        response.Headers.Location.ShouldBeNull();
        browser.Page.ShouldContain("authorization.consent");
    }

    [Fact]
    public async Task Consent_FormOfAnotherPage_IsRefused()
    {
        using var browser = new ConsoleBrowser(bench.Service);
        using var page = await bench.SignInAsync(browser);

        using var response = await browser.SubmitWithAsync(
            $"/oauth/{bench.Organization}/consent",
            "another-token",
            (ConsentForm.RequestField, AuthorizationBench.RequestOn(browser)),
            (ConsentForm.AnswerField, ConsentForm.Allow)
        );

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("code_verifier", "aBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")]
    [InlineData("code_verifier", "")]
    [InlineData("redirect_uri", "https://client.example.com/other")]
    [InlineData("redirect_uri", "")]
    [InlineData("client_id", "https://attacker.example/client.json")]
    [InlineData("code", "AAAA")]
    public async Task Code_WithOtherParameters_IsRefused(string name, string value)
    {
        var form = bench.CodeForm(await bench.CodeAsync());
        form[name] = value;

        await bench.ShouldDenyAsync(form);
    }

    [Theory]
    [InlineData(59, true)]
    [InlineData(60, false)]
    public async Task Code_Expires(int seconds, bool isGood)
    {
        var form = bench.CodeForm(await bench.CodeAsync());
        bench.Federated.Time.Advance(TimeSpan.FromSeconds(seconds));

        using var response = await bench.TokenAsync(form);

        response.StatusCode.ShouldBe(isGood ? HttpStatusCode.OK : HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Code_BoundToAKey_NeedsTheKey() =>
        await bench.ShouldDenyAsync(
            bench.CodeForm(await bench.CodeAsync(parameters => parameters["dpop_jkt"] = AuthorizationBench.Challenge))
        );

    [Fact]
    public async Task Code_BoundToAKey_ProvenWithAnother_IsRefused()
    {
        using var own = SigningKey.Create();
        using var thief = SigningKey.Create();
        var form = bench.CodeForm(await bench.CodeAsync(parameters => parameters["dpop_jkt"] = own.KeyId));

        await bench.ShouldDenyAsync(form, key: thief);

        (await bench.TokenOkAsync(form, own)).Text("token_type").ShouldBe("DPoP");
    }

    [Fact]
    public async Task Refresh_BoundToAKey_ProvenWithAnotherOrNone_IsRefused()
    {
        using var own = SigningKey.Create();
        using var thief = SigningKey.Create();
        var token = await bench.TokenOkAsync(bench.CodeForm(await bench.CodeAsync()), own);
        var form = bench.RefreshForm(token.Text("refresh_token"));

        await bench.ShouldDenyAsync(form, key: thief);
        await bench.ShouldDenyAsync(form);

        (await bench.TokenOkAsync(form, own)).Text("token_type").ShouldBe("DPoP");
    }

    [Fact]
    public async Task Credentials_AtTheServerOfAnotherOrganization_AreRefused()
    {
        bench.Federated.Time.Advance(TimeSpan.FromSeconds(1));
        var other = (await bench.Service.Api.PostOkAsync("/v1/organizations", """{"name":"Other"}""")).Id();
        var code = bench.CodeForm(await bench.CodeAsync());
        var refresh = bench.RefreshForm(
            (await bench.TokenOkAsync(bench.CodeForm(await bench.CodeAsync()))).Text("refresh_token")
        );

        using var otherCode = await bench.TokenAsync(code, other);
        using var otherRefresh = await bench.TokenAsync(refresh, other);
        using var revocation = await bench.TokenAsync(new() { ["token"] = refresh["refresh_token"] }, other, "revoke");

        otherCode.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        otherRefresh.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        revocation.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        await bench.TokenOkAsync(code);
        await bench.TokenOkAsync(refresh);
    }

    [Theory]
    [InlineData(0, 1, true)]
    [InlineData(0, -1, false)]
    [InlineData(6, 1, true)]
    [InlineData(6, -1, false)]
    public async Task Refresh_UntilIdleOrAbsoluteExpiry_IsGranted(int refreshes, int secondsLeft, bool isGood)
    {
        await bench.EnableAsync(true, idle: TimeSpan.FromDays(7), lifetime: TimeSpan.FromDays(36));
        var refresh = (await bench.TokenOkAsync(bench.CodeForm(await bench.CodeAsync()))).Text("refresh_token");
        for (var i = 0; i < refreshes; i++)
        {
            bench.Federated.Time.Advance(TimeSpan.FromDays(5));
            refresh = (await bench.TokenOkAsync(bench.RefreshForm(refresh))).Text("refresh_token");
        }

        var end = refreshes == 0 ? TimeSpan.FromDays(7) : TimeSpan.FromDays(6);
        bench.Federated.Time.Advance(end - TimeSpan.FromSeconds(secondsLeft));

        if (isGood)
        {
            await bench.TokenOkAsync(bench.RefreshForm(refresh));
        }
        else
        {
            await bench.ShouldDenyAsync(bench.RefreshForm(refresh));
        }
    }

    [Theory]
    [InlineData("resource", "https://other.example/", "invalid_target")]
    [InlineData("scope", "files.read files.admin", "invalid_scope")]
    [InlineData("client_secret", "x", "invalid_client")]
    public async Task Refresh_Widened_IsRefused(string name, string value, string error)
    {
        var token = await bench.TokenOkAsync(
            bench.CodeForm(await bench.CodeAsync(parameters => parameters["scope"] = "files.read"))
        );
        var form = bench.RefreshForm(token.Text("refresh_token"));
        form[name] = value;

        using var response = await bench.TokenAsync(form);

        (await response.JsonAsync()).Text("error").ShouldBe(error);
    }

    [Fact]
    public async Task SignIn_NarrowScope_GrantsNoMore()
    {
        var token = await bench.TokenOkAsync(
            bench.CodeForm(await bench.CodeAsync(parameters => parameters["scope"] = "files.read other"))
        );

        token.Text("scope").ShouldBe("files.read");
    }

    [Fact]
    public async Task Refresh_InventedToken_DoesNotEndTheGrant()
    {
        var token = await bench.TokenOkAsync(bench.CodeForm(await bench.CodeAsync()));
        var refresh = token.Text("refresh_token");
        var next = await bench.TokenOkAsync(bench.RefreshForm(refresh));

        await bench.ShouldDenyAsync(bench.RefreshForm(refresh.Split('.')[0] + ".1.AAAA"));

        await bench.TokenOkAsync(bench.RefreshForm(next.Text("refresh_token")));
    }

    [Fact]
    public async Task Exchange_RuleForPeople_IsDenied()
    {
        using var response = await bench.Federated.ExchangeAsync(bench.RuleId, bench.Federated.Token());

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await response.ErrorCodeAsync()).ShouldBe("exchange.failed");
    }
}
