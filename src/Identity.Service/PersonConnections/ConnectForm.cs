namespace Culvert.Identity.Service.PersonConnections;

/// <summary>The fields of the forms.</summary>
internal static class ConnectForm
{
    public const string RequestField = "request";
    public const string ConnectionField = "connection";
    public const string AnswerField = "answer";
    public const string Connect = "connect";
    public const string Disconnect = "disconnect";
}
