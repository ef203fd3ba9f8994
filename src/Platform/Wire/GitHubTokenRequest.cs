using System.Text.Json.Serialization;

namespace Culvert.Platform.Wire;

/// <summary>Body of <c>POST /v1/agent/github_app_tokens</c>.</summary>
/// <param name="Route">The route whose upstream takes the token, as in <see cref="UpstreamAssertionRequest"/>.</param>
/// <param name="GithubApp">The name of an entry of the service's <c>github_apps</c>.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record GitHubTokenRequest(string Route, string GithubApp);
