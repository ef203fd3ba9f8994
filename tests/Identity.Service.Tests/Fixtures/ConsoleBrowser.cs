using System.Net;
using System.Text.RegularExpressions;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Fixtures;

/// <summary>
/// A browser without script: keeps cookies, sends forms with the hidden field of the page that it shows.
/// </summary>
internal sealed partial class ConsoleBrowser(ServiceUnderTest service) : IDisposable
{
    private readonly HttpClient client = service.Client(bearer: null, followsRedirects: false);

    /// <summary>The page that it shows.</summary>
    public string Page { get; private set; } = "";

    /// <summary>What else it sends.</summary>
    public Dictionary<string, string> Headers { get; } = [];

    /// <summary>Cookies by name, as a browser of this one host keeps them.</summary>
    public Dictionary<string, string> Cookies { get; } = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Signed in with that admin key; by default with the one that init made.</summary>
    public static async Task<ConsoleBrowser> SignedInAsync(ServiceUnderTest service, string? adminKey = null)
    {
        var browser = new ConsoleBrowser(service);
        using var page = await browser.GetAsync("/console/sign-in");
        using var answer = await browser.SubmitAsync("/console/sign-in", ("admin_key", adminKey ?? service.AdminKey));
        answer.StatusCode.ShouldBe(HttpStatusCode.SeeOther, browser.Page);
        return browser;
    }

    public Task<HttpResponseMessage> GetAsync(string path) => SendAsync(new HttpRequestMessage(HttpMethod.Get, path));

    /// <summary>The page must be there.</summary>
    public async Task<string> OpenAsync(string path)
    {
        using var answer = await GetAsync(path);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, Page);
        return Page;
    }

    /// <summary>Sends a form with the token of the page that it shows.</summary>
    public Task<HttpResponseMessage> SubmitAsync(string path, params (string Name, string Value)[] fields) =>
        SubmitWithAsync(path, TokenOf(Page), fields);

    public Task<HttpResponseMessage> SubmitWithAsync(
        string path,
        string token,
        params (string Name, string Value)[] fields
    ) =>
        SendAsync(
            new HttpRequestMessage(HttpMethod.Post, path)
            {
                Content = new FormUrlEncodedContent([
                    new("_token", token),
                    .. fields.Select(field => new KeyValuePair<string, string>(field.Name, field.Value)),
                ]),
            }
        );

    public static string TokenOf(string page) => Token().Match(page).Groups[1].Value;

    public void Dispose() => client.Dispose();

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request)
    {
        using (request)
        {
            if (Cookies.Count > 0)
            {
                request.Headers.Add("Cookie", string.Join("; ", Cookies.Select(one => $"{one.Key}={one.Value}")));
            }

            foreach (var (name, value) in Headers)
            {
                request.Headers.Add(name, value);
            }

            var response = await client.SendAsync(request, Cancellation);
            Keep(response);
            Page = await response.Content.ReadAsStringAsync(Cancellation);
            return response;
        }
    }

    private void Keep(HttpResponseMessage response)
    {
        if (!response.Headers.TryGetValues("Set-Cookie", out var cookies))
        {
            return;
        }

        foreach (var cookie in cookies)
        {
            var (name, value) = (cookie[..cookie.IndexOf('=')], cookie[(cookie.IndexOf('=') + 1)..].Split(';')[0]);
            if (value.Length == 0)
            {
                Cookies.Remove(name);
            }
            else
            {
                Cookies[name] = value;
            }
        }
    }

    [GeneratedRegex("name=\"_token\" value=\"([^\"]+)\"", RegexOptions.CultureInvariant)]
    private static partial Regex Token();
}
