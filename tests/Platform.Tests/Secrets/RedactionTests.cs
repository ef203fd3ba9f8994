using System.Text.Json.Nodes;
using Culvert.Platform.Secrets;
using Shouldly;
using Xunit;

namespace Culvert.Platform.Tests.Secrets;

public sealed class RedactionTests
{
    private const string Canary = "canary7Canary7canary7Canary7";

    // Every way of writing × every spelling of the names.
    public static TheoryData<string> Texts()
    {
        var data = new TheoryData<string>();
        string[] names =
        [
            "password",
            "client_secret",
            "clientSecret",
            "apiKey",
            "x-api-key",
            "api_keys",
            "tokens",
            "passphrase",
            "PIN",
            "private_key",
            "Set-Cookie",
            "Authorization",
        ];
        foreach (var name in names)
        {
            data.Add($"{name}={Canary}");
            data.Add($"{name} = '{Canary} {Canary}'");
            data.Add($"{name}: {Canary} {Canary}");
            data.Add($"  - {name}: \"{Canary}, {Canary}\"  # comment");
            data.Add($"spec:\n  {name}: |\n    {Canary}\n\n    {Canary}\n  other: 1");
            data.Add($"{name}:\n- {Canary}\n- {Canary}");
            data.Add($$"""{"msg":"x","{{name}}":"{{Canary}} \"{{Canary}}","n":1}""");
            data.Add($$"""{"msg":"x","{{name}}":["{{Canary}}",{"a":"]{{Canary}}"}],"n":1}""");
            data.Add($$"""{"msg":"sent {\"{{name}}\": \"{{Canary}} {{Canary}}\"}"}""");
            data.Add($"GET https://host.example/p?a=1&{name}={Canary}&b=2");
            data.Add($"next=%2Fp%3Fa%3D1%26{name}%3D{Canary}%26b%3D2");
            data.Add($"run --{name} {Canary} --verbose");
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public void Redact_NamedSecretInText_IsHidden(string text)
    {
        var told = Redaction.Redact(text);

        told.ShouldNotContain(Canary);
        told.ShouldContain(Redaction.Mark);
        Redaction.Redact(told).ShouldBe(told);
    }

    [Theory]
    [InlineData("Authorization: Negotiate canary7Canary7canary7Canary7==")]
    [InlineData("> Cookie: a=b; sid=canary7Canary7canary7Canary7; c=d")]
    [InlineData("it sent Cookie: a=b; sid=canary7Canary7canary7Canary7")]
    [InlineData("Authorization: Digest username=\"x\", response=\"canary7Canary7canary7Canary7\"")]
    [InlineData("got Bearer canary7Canary7canary7Canary7")]
    [InlineData("got basic canary7Canary7canary7Canary7==")]
    [InlineData("postgres://user:p@canary7Canary7canary7Canary7@db.example/culvert")]
    [InlineData("https://host.example/cb?code=canary7Canary7canary7Canary7&state=1")]
    [InlineData("https://host.example/run?sig=canary7Canary7canary7Canary7")]
    [InlineData("https://host.example/run?key=canary7Canary7canary7Canary7")]
    [InlineData("""{"url":"https://host.example/run?a=1\u0026sig=canary7Canary7canary7Canary7"}""")]
    [InlineData("-----BEGIN EC PRIVATE KEY-----\ncanary7Canary7canary7Canary7\n-----END EC PRIVATE KEY-----")]
    [InlineData("""{"pem":"-----BEGIN PRIVATE KEY-----\ncanary7Canary7canary7Canary7"}""")]
    [InlineData("saw eyJhbGciOiJFUzI1NiJ9.canary7Canary7canary7Canary7.c2ln")]
    [InlineData("saw ewogImFsZyI6ICJkaXIifQ..iv.canary7Canary7canary7Canary7.tag")]
    [InlineData("clv_tun_canary7Canary7canary7Canary7")]
    [InlineData("sk-ant-canary7Canary7canary7Canary7")]
    [InlineData("ghp_canary7Canary7canary7Canary7")]
    [InlineData("glpat-canary7Canary7canary7Canary7")]
    public void Redact_CredentialInText_IsHidden(string text) =>
        Redaction.Redact(text).ShouldNotContain("canary7Canary7canary7Canary7");

    [Theory]
    [InlineData("GET https://host.example:8443/v1/tunnels?limit=5 200 in 12 ms")]
    [InlineData("""{"ts":"2026-01-31T10:00:00Z","level":"error","event":3073,"key_id":"k1","token_id":"t1"}""")]
    [InlineData("""{"token":null,"has_password":true}""")]
    [InlineData("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----")]
    [InlineData("password:\nother: 1")]
    [InlineData("at System.Threading.Tasks.Task.RunAsync(CancellationToken cancellationToken)")]
    [InlineData("")]
    public void Redact_NoSecret_StaysAsItIs(string text) => Redaction.Redact(text).ShouldBe(text);

    [Theory]
    [InlineData("https://user:secret@host.example/p", "https://[redacted]@host.example/p")]
    [InlineData("a=1 password=x b=2", "a=1 password=[redacted] b=2")]
    [InlineData("password: |\n  x\n  y\nother: 1", "password: [redacted]\nother: 1")]
    [InlineData("""{"token":"x","n":1}""", """{"token":"[redacted]","n":1}""")]
    public void Redact_TextAroundASecret_Stays(string text, string expected) =>
        Redaction.Redact(text).ShouldBe(expected);

    [Theory]
    [InlineData("clientSecret", "\"x\"", true)]
    [InlineData("apiKey", "\"x\"", true)]
    [InlineData("tokens", "[\"x\"]", true)]
    [InlineData("pin", "123456", true)]
    [InlineData("password", "\"10.11\"", true)]
    [InlineData("sealed_key", "\"x\"", true)]
    [InlineData("password", "true", false)]
    [InlineData("tokens", "[]", false)]
    [InlineData("token_lifetime_seconds", "600", false)]
    [InlineData("pins", "{\"tools\":3}", false)]
    public void Redact_JsonMember_IsHiddenByItsName(string name, string value, bool isHidden) =>
        Redaction
            .Redact(JsonNode.Parse($$"""{"{{name}}":{{value}}}"""))!
            .ToJsonString()
            .ShouldBe(isHidden ? $$"""{"{{name}}":"[redacted]"}""" : $$"""{"{{name}}":{{value}}}""");

    [Fact]
    public void Redact_JsonPairOfNameAndValue_IsHidden() =>
        Redaction
            .Redact(JsonNode.Parse("""[{"name":"X-Api-Key","value":"x"},{"name":"Accept","value":"y"}]"""))!
            .ToJsonString()
            .ShouldBe("""[{"name":"X-Api-Key","value":"[redacted]"},{"name":"Accept","value":"y"}]""");

    // What an outsider can write into a log must not keep the command from its end.
    [Theory]
    [InlineData("token:[")]
    [InlineData("token: ")]
    [InlineData("a://b")]
    [InlineData("-----BEGIN ")]
    [InlineData("eyJ-")]
    [InlineData("sk-")]
    [InlineData("token:\n\n")]
    [InlineData("a-")]
    public void Redact_ManyBeginnings_Ends(string beginning) =>
        Redaction.Redact(string.Concat(Enumerable.Repeat(beginning, 100_000))).ShouldNotBeNull();
}
