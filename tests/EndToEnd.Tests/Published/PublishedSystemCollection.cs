using Xunit;

namespace Culvert.EndToEnd.Tests.Published;

[CollectionDefinition(Name)]
public sealed class PublishedSystemCollection : ICollectionFixture<PublishedSystem>
{
    public const string Name = "published programs";
}
