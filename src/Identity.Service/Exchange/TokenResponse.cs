using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Identity.Service.Federation.History;
using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Exchange;

/// <summary>The successful answer (RFC 6749 §5.1, RFC 8693 §2.2.1).</summary>
internal static class TokenResponse
{
    public static RentedBytes Render(ExchangeRequest request, Grant grant, ReadOnlySpan<byte> token)
    {
        var json = RentedJson.Begin();
        json.WriteStartObject();
        json.WriteString("access_token"u8, token);
        if (request.Form == ExchangeForm.TokenExchange)
        {
            json.WriteString("issued_token_type"u8, TokenTypes.AccessToken);
        }

        // RFC 9449 §5. A certificate-bound token is a bearer token on the wire (RFC 8705 §3).
        json.WriteString("token_type"u8, grant.Confirmation.KeyThumbprint is null ? "Bearer"u8 : "DPoP"u8);
        json.WriteNumber("expires_in"u8, grant.LifetimeSeconds);
        json.WriteString("scope"u8, grant.Scope);
        if (request.Form != ExchangeForm.Json)
        {
            json.WriteString("request_id"u8, request.RequestId);
        }

        json.WriteEndObject();
        return RentedJson.End();
    }
}
