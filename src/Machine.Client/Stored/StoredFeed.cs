namespace Culvert.Machine.Client.Stored;

internal sealed record StoredFeed<TFeed>(string Url, string Subject, DateTimeOffset LastContact, TFeed Feed)
    where TFeed : class;
