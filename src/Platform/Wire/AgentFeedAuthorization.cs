using System.Text.Json;

namespace Culvert.Platform.Wire;

/// <summary>The service as the authorization server of one organization's routes (RFC 8414).</summary>
/// <param name="Issuer">The exact <c>iss</c> of its tokens.</param>
/// <param name="Keys">Its key set (RFC 7517 §5), so that an agent need not fetch it.</param>
public sealed record AgentFeedAuthorization(string Issuer, JsonElement Keys);
