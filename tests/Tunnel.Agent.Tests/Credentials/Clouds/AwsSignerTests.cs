using System.Globalization;
using System.Text;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Auth;
using Amazon.SecurityToken;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Credentials.Aws;

namespace Culvert.Tunnel.Agent.Tests.Credentials.Clouds;

/// <summary>Signature Version 4, held against the SDK's signer and against what AWS documents.</summary>
public sealed class AwsSignerTests
{
    private const int Requests = 500;
    private const int Seed = 20_250_711;
    private const string AccessKey = "AKIDEXAMPLE";
    private const string SecretKey = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    private const string SessionToken = "a/session+token==";
    private const string Host = "abc123.execute-api.eu-central-1.amazonaws.com";

    private static readonly string[] Texts =
    [
        "a",
        "Zz9",
        "~-._",
        "with blank",
        "a+b",
        "100%",
        "50%25",
        "k=v",
        "a&b",
        "sl/ash",
        "colon:at@",
        "semi;comma,",
        "'quote'!*()",
        "ümläut",
        "日本語",
        "🜁",
        "$dollar",
        "[brackets]",
        "question?",
        "hash#",
    ];

    private static readonly string[] Values =
    [
        "plain",
        "two  blanks   inside",
        "a,b",
        "a, b",
        "x=1; y=2",
        "\"quoted  text\"",
        "ümläut",
        "",
    ];

    private FakeTimeProvider time = new();

    [Theory]
    [InlineData("execute-api", true)]
    [InlineData("s3", false)]
    public void Sign_RandomRequests_EqualsTheSdk(string service, bool encodesTwice)
    {
        var random = new Random(Seed);
        for (var i = 0; i < Requests; i++)
        {
            time = new FakeTimeProvider(
                new DateTimeOffset(2025, 7, 11, 0, 0, 0, TimeSpan.Zero).AddSeconds(random.Next(86_400 * 400))
            );
            var (theirs, url) = CreateForSdk(random, service, encodesTwice);
            using var ours = new HttpRequestMessage(HttpMethod.Parse(theirs.HttpMethod), AsWritten(url));
            ours.Headers.Host = Host;
            if (theirs.Content is { Length: > 0 } body)
            {
                ours.Content = new ByteArrayContent(body);
            }

            foreach (var (name, value) in theirs.Headers)
            {
                ours.Headers.TryAddWithoutValidation(name, Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(value)));
            }

            theirs.Headers["host"] = Host;
            theirs.Headers["x-amz-security-token"] = SessionToken;
            var expected = new AWS4Signer().SignRequest(
                theirs,
                new AmazonSecurityTokenServiceConfig
                {
                    AuthenticationRegion = "eu-central-1",
                    AuthenticationServiceName = service,
                    ServiceURL = $"https://{Host}",
                },
                null,
                AccessKey,
                SecretKey,
                time.GetUtcNow().UtcDateTime
            );

            Sign(ours, service);

            Header(ours, "Authorization")
                .ShouldBe(expected.ForAuthorizationHeader, $"request {i}: {theirs.HttpMethod} {url}");
            Header(ours, "x-amz-content-sha256").ShouldBe(theirs.Headers["X-Amz-Content-SHA256"]);
            Header(ours, "x-amz-date").ShouldBe(expected.ISO8601DateTime);
        }
    }

    // The canonical forms of the documentation and of the signing test suite of the SDKs.
    [Theory]
    [InlineData("/", "/", "")]
    [InlineData("//", "/", "")]
    [InlineData("//example//", "/example/", "")]
    [InlineData("/./example", "/example", "")]
    [InlineData("/example/..", "/", "")]
    [InlineData("/example1/example2/../..", "/", "")]
    [InlineData("/a/b/../", "/a/", "")]
    [InlineData("/.hidden", "/.hidden", "")]
    [InlineData("/example%20space/", "/example%2520space/", "")]
    [InlineData(
        "/runtimes/arn%3Aaws%3Ax%2Fy/invocations?qualifier=DEFAULT",
        "/runtimes/arn%253Aaws%253Ax%252Fy/invocations",
        "qualifier=DEFAULT"
    )]
    [InlineData("/?Param2=value2&Param1=value1", "/", "Param1=value1&Param2=value2")]
    [InlineData("/?Param1=value2&Param1=Value1", "/", "Param1=Value1&Param1=value2")]
    [InlineData("/?Param1=", "/", "Param1=")]
    [InlineData("/?Param1", "/", "Param1=")]
    [InlineData("/?", "/", "")]
    [InlineData("/?a&&b=1=2", "/", "a=&b=1%3D2")]
    [InlineData("/?%e1%88%b4=bar", "/", "%E1%88%B4=bar")]
    [InlineData("/?a=%zz&b=%4", "/", "a=%25zz&b=%254")]
    [InlineData("/?-._~=%7E", "/", "-._~=~")]
    [InlineData("/?a=s&a=100%25&a=%5Bb", "/", "a=%5Bb&a=100%25&a=s")]
    public void Target_IsCanonicalAsDocumented(string target, string path, string query)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, AsWritten($"https://example.amazonaws.com{target}"));
        request.Headers.Host = "example.amazonaws.com";

        CanonicalRequest
            .Create(request, "service", "hash")
            .ShouldBe(new CanonicalRequest($"GET\n{path}\n{query}\nhost:example.amazonaws.com\n\nhost\nhash", "host"));
    }

    [Theory]
    [InlineData("/a//b/./c")]
    [InlineData("/a%20b%2Fc")]
    public void Path_OfS3_IsAsItWasWritten(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, AsWritten($"https://example.amazonaws.com{path}"));
        request.Headers.Host = "example.amazonaws.com";

        CanonicalRequest.Create(request, "s3", "hash").Text.Split('\n')[1].ShouldBe(path);
    }

    [Fact]
    public void Headers_ThatOthersMayChange_AreNotSigned()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "https://example.amazonaws.com/")
        {
            Content = new ByteArrayContent("body"u8.ToArray()),
        };
        request.Headers.Host = "example.amazonaws.com";
        foreach (
            var name in (string[])
                ["Accept", "User-Agent", "Connection", "Transfer-Encoding", "Expect", "Forwarded", "Mcp-Session-Id"]
        )
        {
            request.Headers.TryAddWithoutValidation(name, "x");
        }

        request.Content.Headers.TryAddWithoutValidation("Content-Type", " application/json ;  charset=utf-8 ");
        request.Headers.TryAddWithoutValidation("X-Amz-Target", ["one", "two"]);

        CanonicalRequest
            .Create(request, "service", "hash")
            .ShouldBe(
                new CanonicalRequest(
                    "POST\n/\n\ncontent-type:application/json ; charset=utf-8\nhost:example.amazonaws.com\nx-amz-target:one, two\n\ncontent-type;host;x-amz-target\nhash",
                    "content-type;host;x-amz-target"
                )
            );
    }

    [Fact]
    public void Sign_ClientsOwnSignature_IsReplaced()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "https://example.amazonaws.com/");
        request.Headers.Host = "example.amazonaws.com";
        foreach (var name in (string[])["Authorization", "X-Amz-Date", "X-Amz-Security-Token", "X-Amz-Content-Sha256"])
        {
            request.Headers.TryAddWithoutValidation(name, "UNSIGNED-PAYLOAD");
        }

        Sign(request, "lambda");

        request.Headers.NonValidated.SelectMany(header => header.Value).ShouldNotContain("UNSIGNED-PAYLOAD");
        Header(request, "x-amz-security-token").ShouldBe(SessionToken);
        Header(request, "x-amz-content-sha256")
            .ShouldBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }

    [Fact]
    public void SigningKey_IsDerivedOncePerDayRegionAndService()
    {
        var session = new AwsSession(AccessKey, SecretKey, SessionToken, DateTimeOffset.MaxValue);

        var key = session.GetSigningKey("20250711", "eu-central-1", "lambda");

        session.GetSigningKey("20250711", "eu-central-1", "lambda").ShouldBeSameAs(key);
        session
            .GetSigningKey("20250712", "eu-central-1", "lambda")
            .Scope.ShouldBe("20250712/eu-central-1/lambda/aws4_request");
        session.ToString().ShouldBe("until 9999-12-31 23:59:59Z");
    }

    private void Sign(HttpRequestMessage request, string service) =>
        new AwsSigner(
            new AwsSession(AccessKey, SecretKey, SessionToken, DateTimeOffset.MaxValue),
            "eu-central-1",
            service,
            time
        ).Sign(request);

    private static (DefaultRequest Request, string Url) CreateForSdk(Random random, string service, bool encodesTwice)
    {
        var request = new DefaultRequest(new AnyRequest(), service)
        {
            HttpMethod = Pick(random, "GET", "POST", "PUT", "DELETE"),
            Endpoint = new Uri($"https://{Host}"),
            UseQueryString = true,
            UseDoubleEncoding = encodesTwice,
        };
        var path = new StringBuilder();
        var segments = random.Next(4);
        for (var i = 0; i < segments; i++)
        {
            path.Append(CultureInfo.InvariantCulture, $"/{{s{i}}}");
            request.AddPathResource($"{{s{i}}}", Pick(random, Texts));
        }

        request.ResourcePath = path.Length == 0 ? "/" : path.ToString() + Pick(random, "", "/");
        var query = new List<string>();
        for (var i = random.Next(4); i > 0; i--)
        {
            var name = $"{Pick(random, "a", "b", "B", "x-")}{i}{Pick(random, Texts)}";
            var values = Enumerable.Range(0, random.Next(1, 4)).Select(_ => Pick(random, [.. Texts, ""])).ToList();

            // AWS documents an order after encoding; the SDK sorts before it, which differs for few texts.
            if (
                !values
                    .Order(StringComparer.Ordinal)
                    .SequenceEqual(values.OrderBy(Uri.EscapeDataString, StringComparer.Ordinal))
            )
            {
                values = [values[0]];
            }

            request.ParameterCollection.Add(name, values);
            query.AddRange(values.Select(v => $"{Uri.EscapeDataString(name)}={Uri.EscapeDataString(v)}"));
        }

        for (var i = random.Next(4); i > 0; i--)
        {
            request.Headers[$"X-Amz-{Pick(random, "Target", "Meta", "Tagging", "User-Agent-Of")}{i}"] = Pick(
                random,
                Values
            );
        }

        if (random.Next(2) == 0)
        {
            request.Content = new byte[random.Next(5_000)];
            random.NextBytes(request.Content);
        }

        // The SDK writes names of parameters as they are, since its own are plain.
        var url = AmazonServiceClient.ComposeUrl(request).OriginalString.Split('?')[0];
        return (request, query.Count == 0 ? url : $"{url}?{string.Join('&', query)}");
    }

    private static string Header(HttpRequestMessage request, string name) =>
        request.Headers.NonValidated[name].ToString();

    private static string Pick(Random random, params string[] among) => among[random.Next(among.Length)];

    private static Uri AsWritten(string url) =>
        new(url, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });

    private sealed class AnyRequest : AmazonWebServiceRequest;
}
