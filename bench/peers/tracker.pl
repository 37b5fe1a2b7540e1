# An engineer who may see and make tickets in the queue General; run with RT's configuration in the environment.
use strict;
use warnings;
use lib '/usr/share/request-tracker5/lib';
use RT -init;
use JSON;

my $user = RT::User->new(RT->SystemUser);
my ($ok, $said) = $user->Create(
    Name => 'engineer', EmailAddress => 'engineer@peer.test', Password => 'peer-engineer-1', Privileged => 1,
);
die $said unless $ok;
my $queue = RT::Queue->new(RT->SystemUser);
$queue->Load('General');
for my $right (qw(SeeQueue ShowTicket ShowTicketComments CreateTicket ReplyToTicket CommentOnTicket ModifyTicket OwnTicket)) {
    ($ok, $said) = $user->PrincipalObj->GrantRight(Right => $right, Object => $queue);
    die $said unless $ok;
}
print 'OUT ' . JSON::encode_json({ user => $user->id, queue => $queue->id, version => $RT::VERSION }) . "\n";
