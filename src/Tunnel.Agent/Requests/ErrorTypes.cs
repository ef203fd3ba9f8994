namespace Culvert.Tunnel.Agent.Requests;

/// <summary>The <c>type</c> member of an error answer, for the types that more than one group of failures has.</summary>
internal static class ErrorTypes
{
    public const string InvalidRequest = "invalid_request_error";
    public const string Api = "api_error";
    public const string Authentication = "authentication_error";
    public const string Permission = "permission_error";
}
