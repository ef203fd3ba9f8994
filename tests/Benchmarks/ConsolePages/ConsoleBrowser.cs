using System.Net;
using System.Text.RegularExpressions;
using Culvert.Benchmarks.Exchange;

namespace Culvert.Benchmarks.ConsolePages;

/// <summary>A browser that is signed in to the console with the admin key, on one persistent connection.</summary>
internal sealed partial class ConsoleBrowser : IDisposable
{
    private const string SignIn = "/console/sign-in";

    private readonly HttpClient client;

    private ConsoleBrowser(HttpClient client, string styles) => (this.client, Styles) = (client, styles);

    /// <summary>Where the console's style sheet is: a file, served from memory.</summary>
    public string Styles { get; }

    public static async Task<ConsoleBrowser> SignInAsync(
        ExchangeInstallation service,
        CancellationToken cancellationToken
    )
    {
        var client = new HttpClient(
            new SocketsHttpHandler
            {
                UseProxy = false,
                AllowAutoRedirect = false,
                CookieContainer = new CookieContainer(),
                SslOptions = service.TrustOnly(),
            }
        )
        {
            BaseAddress = service.Url,
        };
        var page = await client.GetStringAsync(new Uri(SignIn, UriKind.Relative), cancellationToken);
        var key = await File.ReadAllTextAsync(service.AdminKeyFile, cancellationToken);
        using var form = new FormUrlEncodedContent(
            new Dictionary<string, string>
            {
                ["_token"] = Token().Match(page).Groups["token"].Value,
                ["admin_key"] = key.Trim(),
                ["next"] = "/console",
            }
        );
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(SignIn, UriKind.Relative))
        {
            Content = form,
        };
        request.Headers.Add("Origin", service.Url.GetLeftPart(UriPartial.Authority));
        using var answer = await client.SendAsync(request, cancellationToken);
        return answer.StatusCode is HttpStatusCode.SeeOther or HttpStatusCode.Found
            ? new ConsoleBrowser(client, StyleSheet().Match(page).Groups["path"].Value)
            : throw new InvalidOperationException($"The console was not opened: {(int)answer.StatusCode}.");
    }

    /// <summary>Reads a page whole, and says how long it is.</summary>
    public async Task<int> LookAsync(string path, CancellationToken cancellationToken)
    {
        using var answer = await client.GetAsync(new Uri(path, UriKind.Relative), cancellationToken);
        var page = await answer.Content.ReadAsByteArrayAsync(cancellationToken);
        return answer.StatusCode == HttpStatusCode.OK
            ? page.Length
            : throw new InvalidOperationException($"{path} was answered with {(int)answer.StatusCode}.");
    }

    public void Dispose() => client.Dispose();

    [GeneratedRegex("name=\"_token\" value=\"(?<token>[^\"]+)\"")]
    private static partial Regex Token();

    [GeneratedRegex("href=\"(?<path>/console/[^\"]+\\.css)\"")]
    private static partial Regex StyleSheet();
}
