# An engineer who may see and make tickets in one project; run by `rails runner`.
Setting.rest_api_enabled = '1'
Setting.login_required = '1'
Setting.per_page_options = '50'
Setting.notified_events = []
user = User.new(firstname: 'Peer', lastname: 'Engineer', mail: 'engineer@peer.test', language: 'en', mail_notification: 'none')
user.login = 'engineer'
user.password = user.password_confirmation = 'peer-engineer-1'
user.save!
project = Project.new(name: 'Peer', identifier: 'peer', is_public: true)
project.enabled_module_names = ['issue_tracking']
project.trackers = Tracker.all
project.save!
Member.create!(project: project, principal: user, roles: [Role.find_by!(name: 'Manager')])
puts 'OUT ' + JSON.generate(
  key: user.api_key, project: project.id, user: user.id, tracker: Tracker.first.id,
  open: IssueStatus.find_by!(is_closed: false).id, closed: IssueStatus.find_by!(is_closed: true).id,
  priorities: IssuePriority.order(:position).pluck(:id), version: Redmine::VERSION.to_s
)
