using System.Text;
using Culvert.Identity.Service.OAuthClients;
using Shouldly;

namespace Culvert.Identity.Service.Tests.OAuthClients;

public sealed class ClientDocumentReaderTests
{
    private const string Url = "https://client.example.com/metadata.json";
    private const string Id = $"\"client_id\":\"{Url}\"";
    private const string Uris = "\"redirect_uris\":[\"http://127.0.0.1/cb\"]";

    [Fact]
    public void Read_PublicClient_IsAccepted()
    {
        var read = Read(
            $$"""
            {{{Id}},{{Uris}},"client_name":"Example","token_endpoint_auth_method":"none","grant_types":["authorization_code","refresh_token"],
             "response_types":["code"],"logo_uri":"https://client.example.com/logo.png","dpop_bound_access_tokens":true,"x":{"y":1} }
            """
        );

        read.Refusal.ShouldBeNull();
        read.Value!.Name.ShouldBe("Example");
        (read.Value.Kind, read.Value.RequiresDpop, read.Value.LogoUri).ShouldBe(
            (OAuthClientKind.Document, true, "https://client.example.com/logo.png")
        );
    }

    [Fact]
    public void Read_WithoutName_IsNamedByItsHost() =>
        Read($$"""{{{Id}},{{Uris}}}""").Value!.Name.ShouldBe("client.example.com");

    [Theory]
    [InlineData("", "json")]
    [InlineData("<html></html>", "json")]
    [InlineData("[]", "json")]
    [InlineData("\uFEFF{" + Id + "," + Uris + "}", "json")]
    [InlineData("{" + Id + "," + Id + "," + Uris + "}", "json")]
    [InlineData("{" + Id + "," + Uris + ",\"client_name\":\"a\",\"client_name\":\"b\"}", "json")]
    [InlineData("{" + Id + "," + Uris + ",\"client_name\":\"\\ud800\"}", "json")]
    [InlineData("{" + Id + "," + Uris + "} x", "json")]
    [InlineData("{" + Uris + "}", "client_id")]
    [InlineData("{\"client_id\":\"https://other.example.com/metadata.json\"," + Uris + "}", "client_id")]
    [InlineData("{\"client_id\":\"https://client.example.com/metadata.json/\"," + Uris + "}", "client_id")]
    [InlineData("{\"client_id\":[\"https://client.example.com/metadata.json\"]," + Uris + "}", "client_id")]
    [InlineData(
        "{" + Id + "," + Uris + ",\"token_endpoint_auth_method\":\"client_secret_basic\"}",
        "token_endpoint_auth_method"
    )]
    [InlineData(
        "{" + Id + "," + Uris + ",\"token_endpoint_auth_method\":\"private_key_jwt\"}",
        "token_endpoint_auth_method"
    )]
    [InlineData("{" + Id + "," + Uris + ",\"token_endpoint_auth_method\":null}", "token_endpoint_auth_method")]
    [InlineData("{" + Id + "," + Uris + ",\"client_secret\":\"x\"}", "token_endpoint_auth_method")]
    [InlineData("{" + Id + "," + Uris + ",\"grant_types\":[\"client_credentials\"]}", "grant_types")]
    [InlineData("{" + Id + "," + Uris + ",\"response_types\":\"code\"}", "grant_types")]
    [InlineData("{" + Id + "}", "redirect_uris")]
    [InlineData("{" + Id + ",\"redirect_uris\":[]}", "redirect_uris")]
    [InlineData("{" + Id + ",\"redirect_uris\":\"https://client.example.com/cb\"}", "redirect_uris")]
    [InlineData("{" + Id + ",\"redirect_uris\":[\"https://client.example.com/cb\",null]}", "redirect_uris")]
    [InlineData("{" + Id + ",\"redirect_uris\":[\"javascript:alert(1)\"]}", "redirect_uris")]
    [InlineData("{" + Id + ",\"redirect_uris\":[\"http://localhost.evil.example/cb\"]}", "redirect_uris")]
    [InlineData("{" + Id + ",\"redirect_uris\":[\"http://127.0.0.1@evil.example/cb\"]}", "redirect_uris")]
    [InlineData("{" + Id + "," + Uris + ",\"client_name\":\"\"}", "client_name")]
    [InlineData("{" + Id + "," + Uris + ",\"client_name\":\"a\\u202eb\"}", "client_name")]
    [InlineData("{" + Id + "," + Uris + ",\"client_name\":1}", "client_name")]
    [InlineData("{" + Id + "," + Uris + ",\"dpop_bound_access_tokens\":\"true\"}", "dpop_bound_access_tokens")]
    public void Read_HostileDocument_IsRefusedWithItsFault(string document, string fault)
    {
        var refusal = Read(document).Refusal.ShouldNotBeNull();

        refusal.Code.ShouldBe(OAuthClientErrors.Document);
        refusal.Details.ShouldHaveSingleItem().Value!.GetValue<string>().ShouldBe(fault);
    }

    [Theory]
    [InlineData(RedirectUris.MaxCount, true)]
    [InlineData(RedirectUris.MaxCount + 1, false)]
    public void Read_RedirectUris_AreBounded(int count, bool isAccepted)
    {
        var uris = string.Join(',', Enumerable.Range(0, count).Select(i => $"\"https://client.example.com/{i}\""));

        Read($$"""{{{Id}},"redirect_uris":[{{uris}}]}""").IsOk.ShouldBe(isAccepted);
    }

    [Theory]
    [InlineData(ClientDocumentReader.MaxNameCharacters, true)]
    [InlineData(ClientDocumentReader.MaxNameCharacters + 1, false)]
    public void Read_Name_IsBounded(int length, bool isAccepted) =>
        Read($$"""{{{Id}},{{Uris}},"client_name":"{{new string('n', length)}}"}""").IsOk.ShouldBe(isAccepted);

    private static Culvert.Identity.Service.Errors.Result<OAuthClient> Read(string document) =>
        ClientDocumentReader.Read(Encoding.UTF8.GetBytes(document), Url);
}
