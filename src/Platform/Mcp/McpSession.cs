namespace Culvert.Platform.Mcp;

/// <summary>
/// The client's end of one conversation with an MCP server, in one era: the modern revision has no sessions, the legacy
/// one begins with <c>initialize</c>. The caller judges what the server answers.
/// </summary>
/// <param name="client">From <see cref="ClientMessages.Describe"/>.</param>
public sealed class McpSession(IMcpTransport transport, string client, bool isModern)
{
    /// <summary>The id of the latest request, which its response must repeat.</summary>
    public int LastId { get; private set; }

    /// <inheritdoc cref="IMcpTransport.HasSession"/>
    public bool? HasSession => transport.HasSession;

    public string GreetingMethod => isModern ? ClientMessages.DiscoverMethod : ClientMessages.InitializeMethod;

    public Task<McpAnswer> GreetAsync(CancellationToken cancellationToken)
    {
        LastId = 1;
        var greeting = isModern ? ClientMessages.Discover(client) : ClientMessages.Initialize(client);
        return transport.SendAsync(GreetingMethod, greeting, cancellationToken);
    }

    /// <summary>Confirms the greeting of the legacy revision; a server may refuse other requests before that.</summary>
    public async Task ConfirmAsync(CancellationToken cancellationToken)
    {
        if (!isModern)
        {
            var message = ClientMessages.Initialized.ToArray();
            using (await transport.SendAsync(ClientMessages.InitializedMethod, message, cancellationToken)) { }
        }
    }

    /// <param name="cursor">The cursor of the page; null for the first.</param>
    public Task<McpAnswer> ListAsync(string method, string? cursor, CancellationToken cancellationToken)
    {
        var message = ClientMessages.Request(++LastId, method, cursor, isModern ? client : null);
        return transport.SendAsync(method, message, cancellationToken);
    }

    /// <inheritdoc cref="IMcpTransport.EndAsync"/>
    public Task EndAsync(CancellationToken cancellationToken) => transport.EndAsync(cancellationToken);
}
