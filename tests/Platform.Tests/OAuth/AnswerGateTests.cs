using System.Net;
using System.Text;
using Culvert.Platform.OAuth;
using Duende.IdentityModel.Client;
using Shouldly;
using Xunit;

namespace Culvert.Platform.Tests.OAuth;

/// <summary>What reaches the OAuth library of an answer, and what it would make of the rest.</summary>
public sealed class AnswerGateTests
{
    private const int MaxBytes = 64;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("""{"access_token":"t"}""", "t")]
    [InlineData("""{"access_token":"\u0074"}""", "t")]
    [InlineData("\uFEFF{\"access_token\":\"t\"}", "t")]
    [InlineData("""{"access_token":"t","a":{"b":{"c":1}}}""", "t")] // as deep as may be
    [InlineData("""{"access_token":"t","a":{"b":{"c":{}}}}""", null)]
    [InlineData("""{"access_token":"t","access_token":"u"}""", null)]
    [InlineData("""{"access_token":"t","access\u005ftoken":"u"}""", null)]
    [InlineData("""{"access_token":"\ud800"}""", null)]
    [InlineData("""{"access_token":"t"}{}""", null)]
    [InlineData("""{"access_token":"t",}""", null)]
    [InlineData("""["access_token"]""", null)]
    [InlineData("\"access_token\"", null)]
    [InlineData("null", null)]
    [InlineData("<html>", null)]
    [InlineData("", null)]
    public async Task Answer_OtherThanOneObject_HasNoMembers(string body, string? token)
    {
        using var answer = await AskAsync(Encoding.UTF8.GetBytes(body));

        answer.HttpStatusCode.ShouldBe(HttpStatusCode.OK);
        answer.AccessToken.ShouldBe(token);
    }

    [Fact]
    public async Task Answer_InAnotherCharacterSet_IsReadAsItWasChecked()
    {
        // What it is called has no say: it was checked as UTF-8.
        using var answer = await AskAsync("""{"access_token":"t"}"""u8.ToArray(), "application/json; charset=utf-16");

        answer.AccessToken.ShouldBe("t");
    }

    [Theory]
    [InlineData("application/jwt")]
    [InlineData("text/html")]
    [InlineData("application/json; charset=none-such")]
    public async Task Answer_OfAnyType_IsJson(string type)
    {
        using var answer = await AskAsync("""{"access_token":"t"}"""u8.ToArray(), type);

        answer.AccessToken.ShouldBe("t");
    }

    [Fact]
    public async Task Refusal_KeepsItsStatusAndItsReason()
    {
        using var answer = await AskAsync(
            """{"error":"invalid_client"}"""u8.ToArray(),
            status: HttpStatusCode.Unauthorized
        );

        answer.HttpStatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        answer.Text("error").ShouldBe("invalid_client");
    }

    [Theory]
    [InlineData(MaxBytes, true)]
    [InlineData(MaxBytes + 1, false)]
    public async Task Answer_OnBothSidesOfTheBound(int length, bool isTaken)
    {
        using var answer = await AskAsync(Encoding.ASCII.GetBytes("""{"access_token":"t"}""".PadRight(length)));

        answer.AccessToken.ShouldBe(isTaken ? "t" : null);
        ((answer.Exception as HttpRequestException)?.HttpRequestError).ShouldBe(
            isTaken ? null : HttpRequestError.ConfigurationLimitExceeded
        );
    }

    // The library alone would give the text of all of these.
    [Theory]
    [InlineData("""{"access_token":42}""")]
    [InlineData("""{"access_token":["t"]}""")]
    [InlineData("""{"access_token":{"t":1}}""")]
    [InlineData("""{"access_token":true}""")]
    [InlineData("""{"access_token":null}""")]
    [InlineData("""{}""")]
    public async Task Text_OfAnotherType_IsNone(string body)
    {
        using var answer = await AskAsync(Encoding.UTF8.GetBytes(body));

        answer.Text("access_token").ShouldBeNull();
    }

    private static async Task<TokenResponse> AskAsync(
        byte[] body,
        string type = "application/json",
        HttpStatusCode status = HttpStatusCode.OK
    )
    {
        var content = new ByteArrayContent(body);
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        using var http = new HttpMessageInvoker(
            new AnswerGate(new Answering(new HttpResponseMessage(status) { Content = content }), MaxBytes, maxDepth: 3)
        );
        using var request = new ClientCredentialsTokenRequest
        {
            Address = "https://as.example.test/token",
            ClientId = "c",
            ClientCredentialStyle = ClientCredentialStyle.PostBody,
        };
        return await http.RequestClientCredentialsTokenAsync(request, Cancel);
    }

    private sealed class Answering(HttpResponseMessage answer) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        ) => Task.FromResult(answer);
    }
}
