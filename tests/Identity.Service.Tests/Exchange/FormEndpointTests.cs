using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using static Culvert.Identity.Service.Tests.Fixtures.FormCalls;

namespace Culvert.Identity.Service.Tests.Exchange;

public sealed class FormEndpointTests(FederatedServiceFixture fixture) : IClassFixture<FederatedServiceFixture>
{
    private const string UnknownRule = "fdrl_010000000000000000000000";

    private FederatedService Service => fixture.Service;

    // RFC 7523 §2.1, RFC 6749 §5.1.
    [Fact]
    public async Task Post_Assertion_GrantsUsableToken()
    {
        using var response = await Service.FormAsync(Assertion(fixture.RuleId, Service.Token()));

        response.Header("Cache-Control").ShouldBe("no-store");
        response.Header("Pragma").ShouldBe("no-cache");
        var body = await response.JsonAsync();
        body.Text("token_type").ShouldBe("Bearer");
        body.Text("scope").ShouldBe("workspace:manage_tunnels");
        body.GetProperty("expires_in").GetInt32().ShouldBe(600);
        body.TryGetProperty("issued_token_type", out _).ShouldBeFalse();
        body.TryGetProperty("refresh_token", out _).ShouldBeFalse();
        using var client = Service.Service.Client(body.Text("access_token"));
        (await client.GetOkAsync("/v1/organizations/current")).Text("id").ShouldBe(Service.OrganizationId);
    }

    // RFC 8693 §2.2.1: issued_token_type is mandatory.
    [Theory]
    [InlineData(Jwt)]
    [InlineData(IdToken)]
    public async Task Post_SubjectToken_GrantsToken(string type)
    {
        var fields = Subject(fixture.RuleId, Service.Token(), type).With("requested_token_type", AccessToken);

        var body = await Service.FormAsync(fields).ShouldBeGrantedAsync();

        body.Text("issued_token_type").ShouldBe(AccessToken);
        body.Text("token_type").ShouldBe("Bearer");
        body.Text("scope").ShouldBe("workspace:manage_tunnels");
        body.Text("request_id").ShouldStartWith("req_");
    }

    [Fact]
    public async Task Post_Granted_SaysFamilyAndSource()
    {
        var token = Service.Token();

        var body = await Service.FormAsync(Assertion(fixture.RuleId, token)).ShouldBeGrantedAsync();

        var claims = ClaimsOf(body.Text("access_token"));
        claims.Text("family").Length.ShouldBe(22);
        var source = claims.GetProperty("src");
        source.Text("iss").ShouldStartWith("fdis_");
        source.Text("sub").ShouldBe(Sha256("repo:acme/app:ref:refs/heads/main"));
        source.Text("jti").ShouldBe(Sha256(ClaimsOf(token).Text("jti")));
        source.GetProperty("root_exp").GetInt64().ShouldBe(claims.GetProperty("exp").GetInt64());
        claims.ToString().ShouldNotContain("repo:acme/app");
    }

    [Fact]
    public async Task Post_RuleAndClientId_NameTheSame()
    {
        var token = Service.Token();
        var both = Assertion(fixture.RuleId, token).With("rule", fixture.RuleId);
        await Service.FormAsync(both).ShouldBeGrantedAsync();

        var apart = Assertion(fixture.RuleId, token).With("rule", UnknownRule);
        (await Service.FormAsync(apart).ShouldBeOAuthErrorAsync(400, "invalid_request"))
            .Text("error_description")
            .ShouldBe("client_id: names another rule than rule does.");
    }

    [Fact]
    public async Task Post_ParameterThatNobodyKnows_IsIgnored() =>
        await Service
            .FormAsync(Assertion(fixture.RuleId, Service.Token()).With("x-trace", "1").With("acr", ""))
            .ShouldBeGrantedAsync();

    [Theory]
    [InlineData("grant_type", null, "grant_type: required.")]
    [InlineData("assertion", null, "assertion: required.")]
    [InlineData("assertion", "", "assertion: required.")]
    [InlineData("client_id", null, "rule: required; you can also give it as client_id.")]
    [InlineData("client_id", "my-app", "rule is not a well-formed fdrl_ tagged ID")]
    [InlineData("workspace_id", "prod", "workspace_id is neither a well-formed wrkspc_ tagged ID nor default")]
    [InlineData("service_account_id", "svac_x", "service_account_id is not a well-formed svac_ tagged ID")]
    [InlineData("subject_token", "a.b.c", "subject_token: belongs to the token-exchange grant.")]
    [InlineData("requested_token_type", AccessToken, "requested_token_type: belongs to the token-exchange grant.")]
    public async Task Post_MalformedParameter_IsNamed(string name, string? value, string message)
    {
        var fields = Assertion(fixture.RuleId, Service.Token()).Without(name);

        var call = Service.FormAsync(value is null ? fields : fields.With(name, value));

        (await call.ShouldBeOAuthErrorAsync(400, "invalid_request")).Text("error_description").ShouldBe(message);
    }

    [Theory]
    [InlineData("password")]
    [InlineData("client_credentials")]
    [InlineData("refresh_token")]
    [InlineData("urn:ietf:params:oauth:grant-type:JWT-bearer")]
    public async Task Post_OtherGrantType_IsUnsupported(string grantType) =>
        await Service
            .FormAsync(Assertion(fixture.RuleId, "a.b.c").Without("grant_type").With("grant_type", grantType))
            .ShouldBeOAuthErrorAsync(400, "unsupported_grant_type");

    [Theory]
    [Trait("Attack", "A40")]
    [InlineData("subject_token_type", null)]
    [InlineData("subject_token_type", "urn:ietf:params:oauth:token-type:saml2")]
    [InlineData("subject_token_type", "urn:ietf:params:oauth:token-type:refresh_token")]
    [InlineData("subject_token_type", "URN:ietf:params:oauth:token-type:jwt")]
    [InlineData("requested_token_type", "urn:ietf:params:oauth:token-type:refresh_token")]
    [InlineData("requested_token_type", Jwt)]
    [InlineData("actor_token", "a.b.c")]
    [InlineData("actor_token_type", AccessToken)]
    public async Task Post_TokenTypes_AreOnesThatWeKnow(string name, string? value)
    {
        var fields = Subject(fixture.RuleId, Service.Token()).Without(name);

        await Service
            .FormAsync(value is null ? fields : fields.With(name, value))
            .ShouldBeOAuthErrorAsync(400, "invalid_request");
    }

    // A token that cannot be what the request says it is.
    [Theory]
    [Trait("Attack", "A40")]
    [InlineData(IdToken, "at+jwt", "token_type_mismatch")]
    [InlineData(AccessToken, "JWT", "token_malformed")]
    public async Task Post_SubjectTokenTypeLies_IsDenied(string type, string actual, string reason)
    {
        var token = Service.Provider.Sign(
            Service.Provider.Claims(FederatedService.PublicUrl),
            $$"""{"alg":"RS256","kid":"rsa-1","typ":"{{actual}}"}"""
        );

        await Service.ShouldBeDeniedAsync(Subject(fixture.RuleId, token, type), "invalid_request", reason);
    }

    [Theory]
    [Trait("Attack", "A50")]
    [InlineData("grant_type=a&grant_type=b", "grant_type: appears twice.")]
    [InlineData("grant_type=a&gr%61nt_type=b", "grant_type: appears twice.")]
    [InlineData("scope=&scope=org%3Aadmin", "scope: appears twice.")]
    [InlineData("x=1&x=1", "x: appears twice.")]
    [InlineData("assertion=%ff", "assertion: not UTF-8 text in form encoding.")]
    [InlineData("assertion=%c0%af", "assertion: not UTF-8 text in form encoding.")]
    [InlineData("assertion=%00", "assertion: not UTF-8 text in form encoding.")]
    [InlineData("assertion=%0a", "assertion: not UTF-8 text in form encoding.")]
    [InlineData("assertion=%4", "assertion: not UTF-8 text in form encoding.")]
    [InlineData("assertion=%zz", "assertion: not UTF-8 text in form encoding.")]
    [InlineData("assertion=\u00e9", "assertion: not UTF-8 text in form encoding.")]
    [InlineData("assertion=\"a\"", "assertion: not UTF-8 text in form encoding.")]
    [InlineData("=a", "body: a parameter's name is empty, too long or not ASCII.")]
    [InlineData("a=1&&b=2", "body: a parameter's name is empty, too long or not ASCII.")]
    [InlineData("", "grant_type: required.")]
    public async Task Post_MalformedForm_IsNamed(string body, string message) =>
        (await Service.RawFormAsync(body).ShouldBeOAuthErrorAsync(400, "invalid_request"))
            .Text("error_description")
            .ShouldBe(message);

    [Fact]
    [Trait("Attack", "A14")]
    public async Task Post_TooMuch_IsRefusedBeforeItIsParsed()
    {
        var many = string.Join('&', Enumerable.Range(0, 33).Select(i => $"p{i}=1"));
        (await Service.RawFormAsync(many).ShouldBeOAuthErrorAsync(400, "invalid_request"))
            .Text("error_description")
            .ShouldBe("body: too many parameters.");
        var atLimit = string.Join('&', Enumerable.Range(0, 32).Select(i => $"p{i}=1"));
        (await Service.RawFormAsync(atLimit).ShouldBeOAuthErrorAsync(400, "invalid_request"))
            .Text("error_description")
            .ShouldBe("grant_type: required.");
        var longToken = Assertion(fixture.RuleId, new string('a', (16 * 1024) + 1));
        (await Service.FormAsync(longToken).ShouldBeOAuthErrorAsync(400, "invalid_request"))
            .Text("error_description")
            .ShouldBe("assertion: longer than 16384 bytes.");
        await Service
            .FormAsync(Assertion(fixture.RuleId, new string('a', 64 * 1024)))
            .ShouldBeOAuthErrorAsync(413, "invalid_request");
    }

    [Theory]
    [Trait("Attack", "A50")]
    [InlineData("application/x-www-form-urlencoded; charset=utf-7")]
    [InlineData("application/x-www-form-urlencoded; charset=iso-8859-1")]
    [InlineData("application/x-www-form-urlencoded; charset=utf-8, application/json")]
    public async Task Post_OtherCharset_IsRefused(string contentType) =>
        await Service
            .FormAsync(
                Assertion(fixture.RuleId, Service.Token()),
                message =>
                {
                    message.Content!.Headers.Remove("Content-Type");
                    message.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
                }
            )
            .ShouldBeOAuthErrorAsync(400, "invalid_request");

    [Theory]
    [InlineData("application/x-www-form-urlencoded; charset=UTF-8")]
    [InlineData("application/x-www-form-urlencoded; charset=utf8")]
    [InlineData("application/x-www-form-urlencoded;charset=\"utf-8\"")]
    [InlineData("Application/X-WWW-Form-URLEncoded")]
    public async Task Post_FormContentType_IsReadAsMediaTypesAre(string contentType) =>
        await Service
            .FormAsync(
                Assertion(fixture.RuleId, Service.Token()),
                message => message.Content!.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType)
            )
            .ShouldBeGrantedAsync();

    [Fact]
    [Trait("Attack", "A50")]
    public async Task Post_CompressedBody_IsRefused() =>
        await Service
            .FormAsync(
                Assertion(fixture.RuleId, Service.Token()),
                message => message.Content!.Headers.ContentEncoding.Add("gzip")
            )
            .ShouldBeOAuthErrorAsync(400, "invalid_request");

    // RFC 9110 §6.5.1: fields after the body are not parameters.
    [Fact]
    [Trait("Attack", "A50")]
    public async Task Post_ChunkedTrailers_AreNotLookedAt()
    {
        var body = $"grant_type={Uri.EscapeDataString(JwtBearer)}&rule={fixture.RuleId}&assertion={Service.Token()}";
        var (first, second) = (body[..40], body[40..]);
        var request =
            "POST /v1/oauth/token HTTP/1.1\r\nHost: identity.test\r\nConnection: close\r\nTE: trailers\r\n"
            + "Content-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\nTrailer: scope\r\n\r\n"
            + $"{first.Length:x}\r\n{first}\r\n{second.Length:x}\r\n{second}\r\n0\r\n"
            + "scope: installation:operate\r\nAuthorization: Bearer x\r\n\r\n";

        var answer = await RawAsync(request);

        answer.ShouldStartWith("HTTP/1.1 200 ");
        answer.ShouldContain("\"scope\":\"workspace:manage_tunnels\"");
    }

    // Two lengths, or a length together with chunks, can hide one request in another.
    [Theory]
    [Trait("Attack", "A50")]
    [InlineData("Content-Length: 3\r\nContent-Length: 4\r\n")]
    [InlineData("Content-Type: text/plain\r\nContent-Length: 3\r\n")]
    public async Task Post_AmbiguousHeaders_AreRefused(string headers) =>
        (
            await RawAsync(
                "POST /v1/oauth/token HTTP/1.1\r\nHost: identity.test\r\nConnection: close\r\n"
                    + $"Content-Type: application/x-www-form-urlencoded\r\n{headers}\r\na=1"
            )
        ).ShouldStartWith("HTTP/1.1 400 ");

    // A49: JSON where a form is announced, and the other way round.
    [Fact]
    [Trait("Attack", "A49")]
    public async Task Post_BodyOfTheOtherShape_IsRefused()
    {
        var json = Service.ExchangeBody(fixture.RuleId, Service.Token()).ToJsonString();
        await Service.RawFormAsync(json).ShouldBeOAuthErrorAsync(400, "invalid_request");

        using var form = await Service.PostAnonymousAsync(
            FederatedService.TokenPath,
            $"grant_type={JwtBearer}&assertion={Service.Token()}&rule={fixture.RuleId}"
        );
        (await form.ErrorCodeAsync()).ShouldBe("request.invalid");
    }

    [Theory]
    [Trait("Attack", "A49")]
    [InlineData("assertion=a.b.c")]
    [InlineData("subject_token=a.b.c")]
    [InlineData("client_secret=s")]
    [InlineData("scope=org%3Aadmin")]
    [InlineData("resource=https%3A%2F%2Fa.test")]
    public async Task Post_ParameterInUrl_IsRefused(string query) =>
        await Service
            .FormAsync(
                Assertion(fixture.RuleId, Service.Token()),
                message => message.RequestUri = new Uri($"{FederatedService.TokenPath}?{query}", UriKind.Relative)
            )
            .ShouldBeOAuthErrorAsync(400, "invalid_request");

    [Fact]
    [Trait("Attack", "A49")]
    public async Task Post_FromAnotherOrigin_GetsNoPermission()
    {
        using var response = await Service.FormAsync(
            Assertion(fixture.RuleId, Service.Token()),
            message => message.Headers.Add("Origin", "https://evil.test")
        );

        response.Headers.ShouldNotContain(header => header.Key.StartsWith("Access-Control", StringComparison.Ordinal));
        response.Header("Cache-Control").ShouldBe("no-store");
    }

    // A61: an assertion is a grant, and never also a client's credential (RFC 7521 §4.2).
    [Theory]
    [Trait("Attack", "A61")]
    [InlineData("client_assertion", "a.b.c")]
    [InlineData("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")]
    [InlineData("client_secret", "s")]
    public async Task Post_ClientCredential_IsInvalidClient(string name, string value)
    {
        var token = Service.Token();
        var fields = Assertion(fixture.RuleId, token).With(name, name == "client_assertion" ? token : value);

        await Service.FormAsync(fields).ShouldBeOAuthErrorAsync(401, "invalid_client");

        // It was not used up by that.
        await Service.FormAsync(Assertion(fixture.RuleId, token)).ShouldBeGrantedAsync();
    }

    [Fact]
    [Trait("Attack", "A61")]
    public async Task Post_AuthorizationHeader_IsInvalidClient()
    {
        using var response = await Service.FormAsync(
            Assertion(fixture.RuleId, Service.Token()),
            message =>
                message.Headers.Authorization = new AuthenticationHeaderValue(
                    "Basic",
                    Convert.ToBase64String(Encoding.ASCII.GetBytes($"{fixture.RuleId}:"))
                )
        );

        ((int)response.StatusCode).ShouldBe(401);
        response.Header("WWW-Authenticate").ShouldBe("Basic realm=\"culvert\"");
        (await response.JsonAsync()).Text("error").ShouldBe("invalid_client");
    }

    // A42, A47: whatever is wrong with the token or the rule, a form sees the same.
    [Theory]
    [Trait("Attack", "A42")]
    [InlineData(false, "invalid_grant")]
    [InlineData(true, "invalid_request")]
    public async Task Post_AnyDenial_HasTheSameBodyAndHeaders(bool isTokenExchange, string error)
    {
        var archived = await Service.RuleAsync();
        await Service.CreateAsync($"{FederatedService.Rules}/{archived}/archive");
        var answers = new List<string>
        {
            await TextAsync(UnknownRule, Service.Token()),
            await TextAsync(archived, Service.Token()),
            await TextAsync(fixture.RuleId, "x"),
            await TextAsync(fixture.RuleId, Service.Provider.Sign(Claims(), """{"alg":"RS256","kid":"no"}""")),
            await TextAsync(fixture.RuleId, Service.Token(c => c["iss"] = "https://other.test")),
            await TextAsync(fixture.RuleId, Service.Token(c => c["sub"] = "other")),
            await TextAsync(fixture.RuleId, Service.Token(c => c["aud"] = "other")),
            await TextAsync(fixture.RuleId, Service.Token(c => c["exp"] = 1)),
        };

        answers.Distinct().ShouldHaveSingleItem().ShouldContain($"\"error\":\"{error}\"");

        async Task<string> TextAsync(string rule, string token)
        {
            var fields = isTokenExchange ? Subject(rule, token) : Assertion(rule, token);
            using var response = await Service.FormAsync(fields);
            var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            var headers = response
                .Headers.Concat(response.Content.Headers)
                .Where(header => header.Key is not ("Date" or "Request-Id" or "request-id"))
                .Select(header => $"{header.Key}: {string.Join(",", header.Value)}")
                .Order(StringComparer.Ordinal);
            return $"{response.StatusCode}\n{string.Join('\n', headers)}\n{body.Replace(response.Header("request-id")!, "")}";
        }
    }

    // A42: another organization's account or workspace together with a rule of this one.
    [Theory]
    [Trait("Attack", "A42")]
    [InlineData("service_account_id", "svac_010000000000000000000000", "service_account_mismatch")]
    [InlineData("workspace_id", "wrkspc_010000000000000000000000", "workspace_not_covered")]
    public async Task Post_IdOfSomebodyElse_IsDenied(string name, string value, string reason) =>
        await Service.ShouldBeDeniedAsync(
            Assertion(fixture.RuleId, Service.Token()).With(name, value),
            "invalid_grant",
            reason
        );

    [Fact]
    public async Task Post_CallerDetail_NamesTheClaimAfterTheProofOnly()
    {
        var rule = await Service.RuleAsync(
            body => body["match"]!["claims"] = new System.Text.Json.Nodes.JsonObject { ["environment"] = "staging" },
            issuer => issuer["caller_detail"] = "claim"
        );

        var proven = await Service
            .FormAsync(Assertion(rule, Service.Token()))
            .ShouldBeOAuthErrorAsync(400, "invalid_grant");
        proven.Text("reason").ShouldBe("claim_mismatch");
        proven.Text("claim").ShouldBe("environment");
        proven.Text("claim_value").ShouldBe("prod");
        proven.ToString().ShouldNotContain("\"staging\"");

        var unproven = await Service.FormAsync(Assertion(rule, "x")).ShouldBeOAuthErrorAsync(400, "invalid_grant");
        unproven.TryGetProperty("reason", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task Get_ErrorPage_ExplainsTheError()
    {
        using var message = new HttpRequestMessage(HttpMethod.Get, $"{OAuthErrorBody.PagesPath}/invalid_scope");
        using var response = await Service.SendAnonymousAsync(message);

        ((int)response.StatusCode).ShouldBe(200);
        (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldStartWith(
            "invalid_scope\n"
        );
        using var unknown = new HttpRequestMessage(HttpMethod.Get, $"{OAuthErrorBody.PagesPath}/nothing");
        using var none = await Service.SendAnonymousAsync(unknown);
        ((int)none.StatusCode).ShouldBe(404);
    }

    // A client that waits may retry; without a key there is no verdict.
    [Fact]
    public async Task Post_KeysUnavailable_Is503WithRetryAfter()
    {
        await using var service = await FederatedService.StartAsync();
        service.Provider.Script(
            TestIdentityProvider.KeySetPath,
            http =>
            {
                http.Response.StatusCode = 500;
                return Task.CompletedTask;
            }
        );
        var rule = await service.RuleAsync();

        using var response = await service.FormAsync(Assertion(rule, service.Token()));

        ((int)response.StatusCode).ShouldBe(503);
        response.Header("Retry-After").ShouldBe("5");
        var body = await response.JsonAsync();
        body.Text("error").ShouldBe("temporarily_unavailable");
        body.GetProperty("retryable").GetBoolean().ShouldBeTrue();
        (await service.DenialAsync(rule, service.Token())).ShouldBe("keys_unavailable");
    }

    // S13: no grant without its row.
    [Fact]
    public async Task Post_StoreFails_Is503WithoutToken()
    {
        FailingJournal? journal = null;
        await using var service = await FederatedService.StartAsync(configure: services =>
            services.AddSingleton<IJournal>(provider =>
                journal = new FailingJournal(provider.GetRequiredService<Journal>())
            )
        );
        var rule = await service.RuleAsync();
        await service.FormAsync(Assertion(rule, service.Token())).ShouldBeGrantedAsync();

        journal!.FailNext();

        var refused = await service
            .FormAsync(Assertion(rule, service.Token()))
            .ShouldBeOAuthErrorAsync(503, "temporarily_unavailable");
        refused.TryGetProperty("access_token", out _).ShouldBeFalse();
    }

    private async Task<string> RawAsync(string request)
    {
        using var tcp = new TcpClient();
        var url = Service.Service.ApiUrl;
        await tcp.ConnectAsync(url.Host, url.Port, TestContext.Current.CancellationToken);
        var presented = Service.Service.Get<IApiCertificate>().Api.TargetCertificate.RawData;
        await using var tls = new SslStream(
            tcp.GetStream(),
            leaveInnerStreamOpen: false,
            (_, certificate, _, _) =>
                certificate is not null && certificate.GetRawCertData().AsSpan().SequenceEqual(presented)
        );
        await tls.AuthenticateAsClientAsync("identity.test");
        await tls.WriteAsync(Encoding.ASCII.GetBytes(request), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(tls, Encoding.ASCII);
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }

    private System.Text.Json.Nodes.JsonObject Claims() => Service.Provider.Claims(FederatedService.PublicUrl);

    private static string Sha256(string text) =>
        TestIdentityProvider.Encode(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
